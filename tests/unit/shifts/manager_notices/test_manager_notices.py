"""Tests which managers are told what, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.employees.managers import MOST_MANAGERS, ManagerNotice
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from tests.support.clock import Deadline
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.managers_world import MAX, MIA, ManagersWorld
from tests.support.seats_world import steps_of_reconciling

DROPPED = "Ann Lee gave back A1 late. Open spots: 1"


def world_with_drop() -> ManagersWorld:
    """Returns a world in which Ann has dropped A1, and no function has followed."""
    world = ManagersWorld()
    world.put_manager()
    world.put_shift()
    world.put_holder()
    world.reconcile_shifts()
    world.deliver(ANN, "DROP A1")
    return world


def test_given_a_drop_when_reconciled_often_then_the_manager_is_told_once() -> None:
    world = world_with_drop()
    assert world.phones.heard(MAX) == [], "the employee does not wait for it"
    assert world.phones.heard(ANN)[-1].startswith("Given back")
    for _ in range(3):
        assert world.told() == [DROPPED]
        world.clock.pass_time(minutes=5)


def test_given_sickness_when_reported_then_the_manager_is_told() -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift()
    world.put_holder()
    world.deliver(ANN, "SICK A1")
    world.deliver(ANN, "SICK A1")
    assert world.told() == ["Ann Lee is sick: A1 late. Open spots: 1"]


def test_given_sickness_that_keeps_a_seat_when_reported_then_the_manager_is_told() -> None:
    world = ManagersWorld(policy=BookingPolicy(sick_calls=SickCalls.INFORM, reminder_hours=0))
    world.put_manager()
    world.put_shift(starts_in=5)
    world.put_holder()
    world.deliver(ANN, "SICK A1")
    assert world.shifts.holders("A1") == [ANN]
    assert world.told() == ["Ann Lee is sick: A1 late. Open spots: 0"]


@pytest.mark.parametrize("hours", [4, 1, 0.5])
def test_given_a_free_seat_when_its_time_comes_then_the_manager_is_told_once(hours: float) -> None:
    world = ManagersWorld(policy=BookingPolicy(reminder_hours=0, unfilled_notice_hours=hours))
    world.put_manager()
    world.put_shift(starts_in=10, seats=2)
    world.put_holder()
    assert world.told() == []
    due = world.clock() + timedelta(hours=10 - hours)
    assert world.shift_timers.at["A1"] == due
    world.clock.time = due
    assert world.told() == ["Not filled yet: A1 late. Open spots: 1"]
    world.clock.pass_time(minutes=10)
    assert len(world.told()) == 1


@pytest.mark.parametrize(
    ("hours", "status", "starts_in"),
    [(0, "available", 3), (4, "taken", 3.5), (4, "on-hold", 3.5), (4, "available", 2)],
)
def test_given_no_such_news_when_reconciled_then_the_manager_is_not_told(
    hours: float, status: str, starts_in: float
) -> None:
    world = ManagersWorld(policy=BookingPolicy(reminder_hours=0, unfilled_notice_hours=hours))
    world.put_manager()
    world.put_shift(starts_in=starts_in, shift_status=status)
    assert world.told() == []


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        (ManagerNotice.FILLED, "taken", "Filled: A1 late"),
        (
            ManagerNotice.EXHAUSTED,
            "available",
            "Not filled, and no more texts are sent: A1 late. Open spots: 1",
        ),
    ],
)
def test_given_a_plan_that_ended_when_it_runs_again_then_the_notice_is_withdrawn(
    kind: ManagerNotice, status: str, text: str
) -> None:
    world = ManagersWorld()
    world.put_manager()
    for code in ("A1", "B2"):
        world.put_shift(code, shift_status=status)
        world.record(kind, code, fill_order="rotation", fill_status=kind.value)
        world.reconcile(code)
    world.shifts.edit("B2", fill_status="running")
    world.send_notices()
    assert world.phones.heard(MAX) == [text]


def test_given_managers_when_told_then_site_and_notices_decide() -> None:
    world = ManagersWorld()
    wanted: dict[str, dict[str, Any]] = {
        MAX: {"sites": frozenset({"harbor"}), "language": "de"},
        MIA: {"notices": frozenset({"dropped", "inbox"})},
        "+14255550203": {"sites": frozenset({"airport"})},
        "+14255550204": {"notices": frozenset({"sick"})},
        "+14255550205": {"opted_out": True},
        "+14255550206": {"only_opt_out": True},
    }
    for number, attributes in wanted.items():
        world.put_manager(number, **attributes)
    world.put_shift(site="Harbor")
    world.put_holder()
    world.deliver(ANN, "DROP A1")
    world.reconcile_shifts()
    texts = {text.to: text.body for text in world.phones.texts if text.to != ANN}
    assert texts == {MAX: "Ann Lee hat A1 late abgegeben. Freie Plätze: 1", MIA: DROPPED}


def test_given_a_manager_who_drops_when_told_then_only_the_others_are() -> None:
    world = ManagersWorld()
    world.put_manager(ANN, name="Ann Lee")
    world.put_manager(MAX)
    world.put_shift()
    world.put_holder()
    world.deliver(ANN, "DROP A1")
    assert world.told() == [DROPPED]
    assert not [text for text in world.phones.heard(ANN) if "gave back" in text]


@pytest.mark.parametrize(("word", "does"), [("DROP", "gave back"), ("SICK", "is sick:")])
def test_given_two_employees_within_an_hour_when_they_leave_then_both_are_told(word: str, does: str) -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift(seats=2)
    for number in (ANN, BOB):
        world.deliver(number, "A1")
    for number in (ANN, BOB):
        world.deliver(number, f"{word} A1")
    assert sorted(world.told()) == [f"{name} {does} A1 late. Open spots: 2" for name in ("Ann Lee", "Bob")]
    for minutes, count in ((30, 2), (31, 3)):
        world.deliver(BOB, "A1")
        world.clock.pass_time(minutes=minutes)
        world.deliver(BOB, f"{word} A1")
        assert len(world.told()) == count, "one employee is told once an hour"
    assert world.told()[-1] == f"Bob {does} A1 late. Open spots: 2"


def test_given_two_sick_holders_who_keep_seats_when_late_then_both_are_told() -> None:
    world = ManagersWorld(policy=BookingPolicy(sick_calls=SickCalls.INFORM, reminder_hours=0))
    world.put_manager()
    world.put_shift(starts_in=5, seats=2)
    for number in (ANN, BOB):
        world.put_holder(number)
    world.deliver(ANN, "SICK A1")
    world.clock.pass_time(minutes=20)
    world.deliver(BOB, "SICK A1")
    assert sorted(world.told()) == [f"{name} is sick: A1 late. Open spots: 0" for name in ("Ann Lee", "Bob")]


def test_given_a_sick_employee_who_books_again_when_told_then_the_other_still_is() -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift(seats=2)
    for number in (ANN, BOB):
        world.deliver(number, "A1")
    for number in (ANN, BOB):
        world.deliver(number, "SICK A1")
    world.deliver(ANN, "A1")
    assert world.told() == ["Bob is sick: A1 late. Open spots: 1"]


@pytest.mark.parametrize("word", ["DROP", "SICK"])
def test_given_a_withdrawn_notice_when_it_is_true_again_then_told_once(word: str) -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift()
    world.put_holder()
    world.deliver(ANN, f"{word} A1")
    world.reconcile("A1")
    world.deliver(ANN, "A1", work=False)
    world.send_notices()
    assert world.phones.heard(MAX) == []
    world.deliver(ANN, f"{word} A1")
    for _ in range(2):
        assert len(world.told()) == 1


def test_given_a_notice_when_withdrawn_then_the_shift_is_reconciled() -> None:
    world = world_with_drop()
    world.reconcile("A1")
    world.deliver(ANN, "A1", work=False)
    world.workers.run()
    # It may have become true again after it was rendered.
    assert [one.shift_id for one in world.reconcile_requests.waiting] == ["A1"]


def test_given_an_employee_who_books_again_when_the_notice_waits_then_withdrawn() -> None:
    world = world_with_drop()
    world.reconcile("A1")
    world.deliver(ANN, "A1", work=False)
    world.send_notices()
    assert world.phones.heard(MAX) == []


@pytest.mark.parametrize("in_outbox", [False, True])
@pytest.mark.parametrize("word", ["DROP", "SICK"])
def test_given_a_free_seat_when_the_shift_is_canceled_then_not_told(word: str, *, in_outbox: bool) -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift()
    world.put_holder()
    world.reconcile_shifts()
    world.deliver(ANN, f"{word} A1")
    if in_outbox:
        world.reconcile("A1")
        assert len(world.waiting_notices()) == 1
    world.shifts.edit("A1", shift_status="cancelled")
    world.send_notices()
    assert world.told() == []


def test_given_a_manager_who_leaves_when_the_notice_waits_then_it_is_withdrawn() -> None:
    world = world_with_drop()
    world.reconcile("A1")
    world.put_manager(roles=frozenset())
    world.send_notices()
    assert world.phones.heard(MAX) == []
    assert world.managers.segments["role#manager"] == set()


def test_given_an_old_event_when_a_manager_is_added_then_nothing_is_sent() -> None:
    world = world_with_drop()
    world.clock.pass_time(hours=3)
    assert world.told() == []


def test_given_a_notice_that_waits_too_long_when_sent_then_it_is_withdrawn() -> None:
    world = world_with_drop()
    world.reconcile("A1")
    world.clock.pass_time(hours=48)
    world.send_notices()
    assert world.phones.heard(MAX) == []


def test_given_too_many_managers_when_told_then_the_first_ones_are() -> None:
    world = ManagersWorld()
    for number in range(MOST_MANAGERS + 1):
        world.put_manager(f"+1425556{number:04}")
    world.put_shift()
    world.put_holder()
    world.deliver(ANN, "DROP A1")
    world.reconcile("A1")
    assert len({text.phone_number for text in world.waiting_notices()}) == MOST_MANAGERS


def test_given_little_time_when_reconciled_then_the_rest_follows() -> None:
    world = world_with_drop()
    world.put_manager(MIA)
    world.reconcile("A1", seconds=5)
    assert len(world.waiting_notices()) == 2
    world = world_with_drop()
    shift = world.shifts.get("A1")
    assert shift is not None
    assert world.manager_notices is not None
    unsent = world.manager_notices.unsent_news_of(shift, world.clock())
    assert not world.manager_notices.add(unsent, Deadline(world.clock, 4))
    assert world.waiting_notices() == []
    assert world.told() == [DROPPED]


def steps_of_telling() -> Steps:
    """Returns the steps of telling a manager of a drop."""
    return steps_of_reconciling(world_with_drop())


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_stop_at_any_step_when_repeated_then_the_manager_is_told_once(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    for step, after in crash_points(steps_of_telling):
        world = world_with_drop()
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            world.reconcile_shifts()
        world.clock.pass_time(minutes=10)
        told = world.told()
        unknown = world.conversations.rows[MAX, ReplyKind.MANAGER_NOTICE, dropped_id(world)].status
        # A send whose outcome is unknown is not repeated.
        assert told == [DROPPED] or (told == [] and unknown is DeliveryStatus.UNKNOWN), (step, after)


def dropped_id(world: ManagersWorld) -> str:
    """Returns the id of the notice that A1 was dropped."""
    shift = world.shifts.get("A1")
    assert shift is not None
    dropped = next(one for one in shift.manager_events if one.kind is ManagerNotice.DROPPED)
    return f"dropped#A1#{dropped.at.isoformat()}"


def test_given_an_exhausted_plan_when_its_notice_waits_for_a_booking_then_withdrawn() -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift()
    world.record(ManagerNotice.EXHAUSTED, fill_order="rotation", fill_status="exhausted")
    world.reconcile("A1")
    assert len(world.waiting_notices()) == 1
    world.deliver(BOB, "A1", work=False)
    assert world.told() == []
