"""Tests that cancellations and reminders are queued once, and sent only while they are due."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import OUR_NUMBER, InboundWorld
from tests.support.memory.employees import MemoryEmployees
from tests.support.seats_world import EMPLOYEES, SeatsWorld, steps_of_reconciling, world_with_seats
from tests.support.send_results import NO_ORIGINATION_IDENTITY, THROTTLED

CANCELED = "Canceled by your manager: A1"


@pytest.mark.parametrize(("times", "written"), [(1, "cancelled"), (3, "cancelled"), (1, "canceled")])
def test_given_a_cancellation_when_reconciled_often_then_each_holder_is_texted_once(
    times: int, written: str
) -> None:
    world = world_with_seats(2)
    ann, bob, cid, eve, *_ = EMPLOYEES
    for person in (ann, bob):
        world.deliver(person, "A1")
    for person in (cid, eve):
        world.deliver(person, "WAIT A1")
    world.deliver(ann, "DROP A1")
    world.reconcile_shifts()
    world.shifts.edit("A1", shift_status=written)
    for _ in range(times):
        world.reconcile("A1")
    for _ in range(times):
        world.send_notices()
        world.reconcile("A1")
    notified = [text.to for text in world.phones.texts if text.body == CANCELED]
    assert sorted(notified) == [bob, cid, eve], "holder, offered, waiting; not the one who dropped"
    world.deliver(bob, "MINE")
    assert world.phones.heard(bob)[-1].startswith("You have no shifts")
    world.shifts.edit("A1", shift_status="available")
    world.reconcile_shifts()
    world.deliver(bob, "A1")
    world.clock.pass_time(minutes=1)
    world.shifts.edit("A1", shift_status="cancelled")
    world.reconcile_shifts()
    notified = [text.to for text in world.phones.texts if text.body == CANCELED]
    assert sorted(notified) == [bob, bob, cid, eve], "only the one who booked in between is texted again"


def test_given_an_old_cancellation_when_its_item_changes_then_it_is_not_sent_again() -> None:
    world = SeatsWorld()
    world.deliver(EMPLOYEES[0], "A1")
    world.shifts.put("A1", "", shift_status="cancelled", employee=EMPLOYEES[0])
    world.reconcile_shifts()
    world.clock.pass_time(days=16)
    world.conversations.rows.clear()
    world.reconcile_shifts()
    assert world.phones.heard(EMPLOYEES[0]).count(CANCELED) == 1


def test_given_reminders_when_due_then_those_who_booked_before_are_reminded_once() -> None:
    world = InboundWorld(policy=BookingPolicy(reminder_hours=24))
    start = world.clock() + timedelta(hours=48)
    world.shifts.put("A1", "early", seats=3, starts_at=start.isoformat())
    world.deliver(ANN, "A1")
    world.deliver(BOB, "A1")
    world.reconcile_shifts()
    assert world.shift_timers.at["A1"] == start - timedelta(hours=24)
    world.deliver(BOB, "DROP A1")
    world.clock.pass_time(hours=25)
    world.deliver(BOB, "A1")
    for _ in range(3):
        world.reconcile_shifts()
    reminder = "Reminder: A1 early. Reply DROP A1 to give it back"
    assert [text.to for text in world.phones.texts if text.body == reminder] == [ANN]
    world.clock.pass_time(hours=24)
    world.reconcile_shifts()
    assert [text.to for text in world.phones.texts if text.body.startswith("Reminder")] == [ANN]
    assert "A1" not in world.shift_timers.at


def test_given_a_dropped_or_canceled_shift_when_a_reminder_is_due_then_none_is_sent() -> None:
    world = InboundWorld(policy=BookingPolicy(reminder_hours=24))
    start = world.clock() + timedelta(hours=48)
    for code in ("A1", "B2"):
        world.shifts.put(code, "", starts_at=(start + timedelta(hours=len(code))).isoformat())
    world.shifts.put("C3", "", starts_at=(start + timedelta(hours=30)).isoformat())
    world.deliver(ANN, "A1")
    world.deliver(ANN, "DROP A1")
    world.deliver(BOB, "B2")
    world.reconcile_shifts()
    world.shifts.edit("B2", shift_status="cancelled")
    world.reconcile_shifts()
    world.clock.pass_time(hours=30)
    world.reconcile_shifts()
    assert not [text for text in world.phones.texts if text.body.startswith("Reminder")]
    assert "B2" not in world.shift_timers.at


def world_with_canceled_shift(holders: int) -> SeatsWorld:
    people = [f"+1425557{number:04}" for number in range(holders)]
    world = SeatsWorld(employees=MemoryEmployees(set(people)))
    at = world.clock().isoformat()
    world.shifts.put("A1", "", seats=holders, shift_status="cancelled", employees=dict.fromkeys(people, at))
    return world


def test_given_a_shift_of_500_canceled_when_reconciled_then_all_are_queued() -> None:
    world = world_with_canceled_shift(500)
    people = set(world.employees.rows)
    for _ in range(2):
        world.reconcile("A1")
    waiting = world.waiting_notices()
    assert {text.phone_number for text in waiting} == people
    assert len(waiting) == 500
    assert {(text.body, text.shift_id, text.origination_identity) for text in waiting} == {
        (None, "A1", OUR_NUMBER)
    }
    assert not world.phones.texts, "a reconciliation sends nothing itself"
    assert world.workers.started == {Priority.NOTICE}
    world.send_notices()
    assert sorted(text.to for text in world.phones.texts) == sorted(people)
    taken = world.steps.taken
    world.reconcile("A1")
    assert world.steps.taken - taken < 6, "notices that were sent take no further call"


def test_given_a_number_that_is_busy_when_reconciled_then_the_notice_waits() -> None:
    world = world_with_canceled_shift(1)
    world.phones.results = [THROTTLED] * 200
    world.reconcile_shifts()
    assert len(world.waiting_notices()) == 1
    world.phones.results = []
    world.reconcile_shifts()
    assert [text.body for text in world.phones.texts] == [CANCELED]
    assert world.waiting_notices() == []


def test_given_a_refused_country_when_canceled_then_others_are_texted_once() -> None:
    world = world_with_canceled_shift(3)
    first, *others = sorted(world.employees.rows)
    world.phones.refusals[first] = NO_ORIGINATION_IDENTITY
    for _ in range(3):
        world.reconcile_shifts()
    assert sorted(text.to for text in world.phones.texts) == others
    world.phones.refusals.clear()
    world.reconcile_shifts()
    assert world.phones.heard(first) == [CANCELED]


def test_given_no_time_left_when_many_are_notified_then_the_timer_continues() -> None:
    world = world_with_canceled_shift(30)
    world.reconcile("A1")
    world.outbox.rows.__init__()  # type: ignore[misc]
    world.conversations.rows.clear()
    # Each call takes a second.
    world.steps.on_step = lambda _step, after: world.clock.pass_time(seconds=after)
    passes = 0
    while len(world.waiting_notices()) < 30:
        passes += 1
        assert passes < 10
        world.reconcile("A1", seconds=20)
        if len(world.waiting_notices()) < 30:
            assert world.shift_timers.at["A1"] <= world.clock() + timedelta(seconds=10)
    assert passes > 2
    assert len({text.phone_number for text in world.waiting_notices()}) == 30


def test_given_a_shift_that_keeps_changing_when_no_time_is_left_then_retried() -> None:
    world = world_with_canceled_shift(1)
    with pytest.raises(TransientFailure):
        world.reconcile("A1", seconds=4)


def canceled_and_reconciled() -> SeatsWorld:
    world = SeatsWorld()
    for code in ("A1", "B2"):
        world.shifts.put(code, "", seats=2)
    for person in EMPLOYEES[:2]:
        world.deliver(person, "A1")
    world.shifts.edit("A1", shift_status="cancelled")
    return world


def steps_of_a_cancellation() -> Steps:
    return steps_of_reconciling(canceled_and_reconciled())


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
@pytest.mark.parametrize(("step", "after"), crash_points(steps_of_a_cancellation))
def test_given_a_function_that_stops_at_any_step_when_retried_then_texted_once(
    step: int, after: bool, stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    world = canceled_and_reconciled()
    world.steps.once(step, stop, after=after)
    with pytest.raises(stopped):
        world.reconcile_shifts()
    for _ in range(3):
        world.clock.pass_time(minutes=2)
        world.reconcile_shifts()
    for person in EMPLOYEES[:2]:
        status = world.notice_statuses(person)["cancellation"]
        times = world.phones.heard(person).count(CANCELED)
        assert times == 1 or (times, status) == (0, DeliveryStatus.UNKNOWN)
    assert world.waiting_notices() == []
    assert world.shifts.rows["A1"]["cancelled_for"].keys() == set(EMPLOYEES[:2])


def test_given_a_shift_booked_again_when_its_cancellation_waits_then_withdrawn() -> None:
    world = canceled_and_reconciled()
    ann, bob, *_ = EMPLOYEES
    world.reconcile("A1")
    world.shifts.edit("A1", shift_status="available")
    world.reconcile("A1")
    assert world.shift_timers.at["A1"] == world.clock() + timedelta(minutes=1), "to forget the cancellation"
    world.shifts.edit("A1", employees={ann: world.clock().isoformat()})
    world.send_notices()
    assert CANCELED not in world.phones.heard(ann)
    assert world.phones.heard(bob)[-1] == CANCELED
    world.reconcile("A1")
    assert "cancelled_for" not in world.shifts.rows["A1"]
    assert world.shift_timers.at == {}


def world_with_reminders() -> SeatsWorld:
    """Returns a world in which the reminders of Ann and Bob wait in the outbox."""
    world = SeatsWorld(policy=BookingPolicy(reminder_hours=24))
    world.shifts.put("A1", seats=2, starts_at=(world.clock() + timedelta(hours=25)).isoformat())
    for person in EMPLOYEES[:2]:
        world.deliver(person, "A1")
    world.reconcile("A1")
    world.clock.pass_time(minutes=90)
    world.reconcile("A1")
    assert len(world.waiting_notices()) == 2
    return world


def test_given_a_seat_dropped_while_its_reminder_waits_when_sent_then_withdrawn() -> None:
    world = world_with_reminders()
    ann, bob, *_ = EMPLOYEES
    world.workers.started.clear()
    world.deliver(bob, "DROP A1")
    world.reconcile_shifts()
    assert world.phones.heard(ann)[-1].startswith("Reminder: A1")
    assert not any(text.startswith("Reminder") for text in world.phones.heard(bob))


def test_given_a_cancellation_that_overtakes_a_reminder_when_sent_then_it_alone() -> None:
    world = world_with_reminders()
    world.shifts.edit("A1", shift_status="cancelled")
    world.reconcile_shifts()
    for person in EMPLOYEES[:2]:
        assert [text for text in world.phones.heard(person) if "Booked" not in text] == [
            f"{CANCELED} Sun 2 Aug 13:00"
        ]
    assert world.waiting_notices() == []


def test_given_a_reminder_that_waits_when_the_shift_starts_then_it_is_not_sent() -> None:
    world = world_with_reminders()
    world.clock.pass_time(hours=24)
    world.send_notices()
    assert not any(text.body.startswith("Reminder") for text in world.phones.texts)
    assert world.waiting_notices() == []


def test_given_a_moved_shift_when_its_reminder_waits_then_only_the_change_is_sent() -> None:
    world = world_with_reminders()
    world.shifts.edit("A1", starts_at=(world.clock() + timedelta(hours=23.7)).isoformat())
    world.reconcile_shifts()
    world.clock.pass_time(minutes=2)
    world.reconcile_shifts()
    assert not any(text.body.startswith("Reminder") for text in world.phones.texts)
    told = [text.to for text in world.phones.texts if text.body.startswith("Changed")]
    assert sorted(told) == sorted(EMPLOYEES[:2])


def test_given_an_opted_out_holder_when_a_reminder_is_due_then_it_is_not_queued() -> None:
    world = world_with_reminders()
    ann, bob, *_ = EMPLOYEES
    world.employees.rows[ann].opted_out = True
    world.send_notices()
    assert not any(text.startswith("Reminder") for text in world.phones.heard(ann))
    world.shifts.edit("A1", starts_at=(world.clock() + timedelta(hours=23.7)).isoformat())
    world.reconcile("A1")
    world.clock.pass_time(minutes=2)
    world.reconcile("A1")
    assert [text.phone_number for text in world.waiting_notices()] == [bob]


def test_given_a_notice_that_is_being_sent_when_reconciled_then_it_is_sent_once() -> None:
    world = world_with_canceled_shift(2)
    world.reconcile("A1")
    attempts = world.phones.attempts

    def reconcile_while_sending(_step: int, after: bool) -> None:
        if after and world.phones.attempts == attempts + 1:
            world.steps.on_step = lambda _step, _after: None
            statuses = {row.status for row in world.conversations.rows.values()}
            assert DeliveryStatus.SENDING in statuses
            world.reconcile("A1")

    world.steps.on_step = reconcile_while_sending
    world.send_notices()
    assert sorted(text.to for text in world.phones.texts) == sorted(world.employees.rows)
