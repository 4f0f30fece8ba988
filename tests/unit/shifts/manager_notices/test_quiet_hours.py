"""Tests that managers are told of shifts outside of their quiet hours, and that no notice is lost or sent twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.managers_world import MAX, MIA, QUIET_HOURS_WITH_CHANGE_OF_CLOCKS, ManagersWorld

# The clock starts at 12:00 in UTC.
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
TWO = NOON + timedelta(hours=2)
DROPPED = "Ann Lee gave back A1 late. Open spots: 1"
KOLKATA = "Asia/Kolkata"
"""There it is 17:30 at noon in UTC."""


def new_world(quiet_hours: str = "11:00-14:00", **attributes: Any) -> ManagersWorld:
    policy = BookingPolicy(reminder_hours=0, unfilled_notice_hours=4, quiet_hours=quiet_hours)
    world = ManagersWorld(policy=policy, **attributes)
    world.put_manager(MAX)
    return world


def with_drop(quiet_hours: str = "11:00-14:00", **attributes: Any) -> ManagersWorld:
    """Returns a world in which Ann has just dropped A1, and no function has followed."""
    world = new_world(quiet_hours)
    world.put_shift(**attributes)
    world.put_holder()
    world.deliver(ANN, "DROP A1")
    return world


def run_timers(world: ManagersWorld, until: datetime) -> None:
    """Lets time pass, and reconciles each shift when its timer fires."""
    while due := {shift_id: at for shift_id, at in world.shift_timers.at.items() if at <= until}:
        shift_id = min(due, key=lambda one: due[one])
        world.clock.time = max(world.clock.time, world.shift_timers.at.pop(shift_id))
        world.reconcile(shift_id)
        world.send_notices()
    world.clock.time = max(world.clock.time, until)


def test_given_quiet_hours_when_an_employee_drops_then_told_once_when_they_end() -> None:
    world = with_drop()
    for _ in range(2):
        assert world.told() == []
    assert world.shift_timers.at == {"A1": TWO}
    run_timers(world, TWO - timedelta(seconds=1))
    assert world.phones.heard(MAX) == []
    run_timers(world, TWO)
    for _ in range(3):
        assert world.told() == [DROPPED]
        world.clock.pass_time(hours=5)


def test_given_managers_in_two_zones_when_told_then_each_after_their_quiet_hours() -> None:
    world = with_drop()
    world.put_manager(MIA, timezone=KOLKATA)
    assert (world.told(MAX), world.told(MIA)) == ([], [DROPPED])
    world = with_drop("17:00-18:00")
    world.put_manager(MIA, timezone=KOLKATA)
    assert (world.told(MAX), world.told(MIA)) == ([DROPPED], [])
    run_timers(world, NOON + timedelta(minutes=30))
    assert (world.told(MAX), world.told(MIA)) == ([DROPPED], [DROPPED])


def test_given_a_manager_without_a_zone_when_told_then_that_of_the_shift_counts() -> None:
    world = with_drop("17:00-18:00", timezone=KOLKATA)
    assert world.told() == []
    run_timers(world, NOON + timedelta(minutes=30))
    assert world.told() == [DROPPED]


@pytest.mark.parametrize(("day", "ends"), QUIET_HOURS_WITH_CHANGE_OF_CLOCKS)
def test_given_a_change_of_clocks_when_told_then_the_wall_clock_counts(day: datetime, ends: datetime) -> None:
    world = new_world("21:00-08:00")
    world.put_manager(MAX, timezone="Europe/Berlin")
    world.clock.time = day
    world.put_shift()
    world.put_holder()
    world.deliver(ANN, "DROP A1")
    assert world.told() == []
    run_timers(world, ends - timedelta(seconds=1))
    assert world.phones.heard(MAX) == []
    run_timers(world, ends)
    assert world.told() == [DROPPED]


@pytest.mark.parametrize("quiet_hours", ["00:00-23:59", "12:00-11:59"])
def test_given_the_longest_quiet_hours_when_they_end_then_the_manager_is_told(quiet_hours: str) -> None:
    world = with_drop(quiet_hours, starts_in=72)
    assert world.told() == []
    run_timers(world, NOON + timedelta(hours=24))
    assert world.phones.heard(MAX) == [DROPPED]


def test_given_news_that_is_not_true_when_quiet_hours_end_then_nothing_is_sent() -> None:
    world = with_drop()
    world.reconcile_shifts()
    world.deliver(ANN, "A1")
    run_timers(world, TWO)
    assert world.told() == []


def test_given_several_drops_in_quiet_hours_when_they_end_then_each_is_told() -> None:
    world = with_drop("11:00-20:00", seats=2)
    world.reconcile_shifts()
    world.deliver(BOB, "A1")
    world.clock.pass_time(hours=2)
    world.deliver(BOB, "DROP A1")
    run_timers(world, NOON + timedelta(hours=8))
    assert sorted(world.told()) == [f"{name} gave back A1 late. Open spots: 2" for name in ("Ann Lee", "Bob")]


def test_given_a_notice_in_the_outbox_when_quiet_hours_begin_then_sent_after_them() -> None:
    world = with_drop("12:01-14:00")
    world.reconcile("A1")
    assert len(world.waiting_notices()) == 1
    world.clock.pass_time(minutes=1)
    world.send_notices()
    assert (world.phones.heard(MAX), world.waiting_notices()) == ([], [])
    assert world.shift_timers.at == {"A1": TWO}
    run_timers(world, TWO)
    for _ in range(2):
        assert world.told() == [DROPPED]


def test_given_a_second_withdrawal_when_quiet_hours_are_over_then_it_ends() -> None:
    world = with_drop("12:01-14:00")
    world.reconcile("A1")
    world.clock.pass_time(minutes=1)
    world.send_notices()
    world.clock.time = TWO
    world.reconcile("A1")
    world.deliver(ANN, "A1", work=False)
    world.send_notices()
    assert (world.told(), world.waiting_notices()) == (["Filled: A1 late"], [])


def test_given_a_late_reconciliation_when_quiet_hours_have_begun_then_not_lost() -> None:
    world = with_drop("12:01-18:00")
    world.clock.pass_time(minutes=2)
    assert world.told() == []
    run_timers(world, NOON + timedelta(hours=6))
    assert world.told() == [DROPPED]


def test_given_quiet_hours_when_a_manager_is_added_later_then_old_news_is_not_sent() -> None:
    world = with_drop("11:00-14:00")
    run_timers(world, TWO)
    assert world.told() == [DROPPED]
    world.clock.pass_time(hours=3)
    world.put_manager(MIA)
    assert world.told(MIA) == []


@pytest.mark.parametrize(("ends_in", "told"), [({}, True), ({"hours": 3}, True), ({"hours": 1.5}, False)])
def test_given_a_start_in_quiet_hours_when_they_end_then_told_while_the_shift_runs(
    ends_in: dict[str, float], *, told: bool
) -> None:
    world = new_world()
    ends = {"ends_at": (NOON + timedelta(**ends_in)).isoformat()} if ends_in else {}
    world.put_shift(starts_in=1, **ends)
    world.put_holder()
    world.deliver(ANN, "SICK A1")
    assert world.told() == []
    run_timers(world, TWO)
    assert world.told() == (["Ann Lee is sick: A1 late. Open spots: 1"] if told else [])


def test_given_a_free_seat_when_its_time_is_quiet_then_told_when_quiet_hours_end() -> None:
    world = new_world("11:00-18:00")
    world.put_shift(starts_in=5)
    assert world.told() == []
    run_timers(world, NOON + timedelta(hours=6))
    assert world.told() == ["Not filled yet: A1 late. Open spots: 1"]


@pytest.mark.parametrize(
    ("kind", "urgent", "overrides", "at_once"),
    [
        (ManagerNotice.EXHAUSTED, "true", True, True),
        (ManagerNotice.EXHAUSTED, "true", False, False),
        (ManagerNotice.EXHAUSTED, "false", True, False),
        (ManagerNotice.FILLED, "true", True, False),
    ],
)
def test_given_an_urgent_plan_when_told_then_the_setting_and_the_notice_decide(
    kind: ManagerNotice, urgent: str, *, overrides: bool, at_once: bool
) -> None:
    world = new_world(urgent_overrides_quiet_hours=overrides)
    world.put_shift(shift_status="taken" if kind is ManagerNotice.FILLED else "available")
    world.record(kind, fill_order="rotation", fill_status=kind.value, fill_urgent=urgent)
    assert len(world.told()) == at_once
    run_timers(world, TWO)
    assert len(world.told()) == 1


def test_given_a_sick_call_at_night_when_urgent_plans_may_then_the_manager_is_told() -> None:
    world = new_world(urgent_overrides_quiet_hours=True)
    world.put_shift()
    world.put_holder()
    world.deliver(ANN, "SICK A1")
    assert world.told() == ["Ann Lee is sick: A1 late. Open spots: 1"]


def steps_of_waiting() -> Steps:
    world = with_drop("12:01-14:00")
    before = world.steps.taken
    play_withdrawal(world)
    world.steps.taken -= before
    return world.steps


def play_withdrawal(world: ManagersWorld) -> None:
    """Queues a notice, withdraws it in quiet hours, and sends it after them."""
    world.reconcile("A1")
    world.clock.time = max(world.clock.time, NOON + timedelta(minutes=1))
    world.send_notices()
    run_timers(world, TWO)


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_stop_at_any_step_when_repeated_then_told_once_after_quiet_hours(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    for step, after in crash_points(steps_of_waiting):
        world = with_drop("12:01-14:00")
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            play_withdrawal(world)
        world.reconcile("A1")
        play_withdrawal(world)
        world.clock.pass_time(minutes=30)
        world.reconcile_shifts()
        texts = [text for text in world.phones.texts if text.to == MAX]
        unknown = sum(row.status == "unknown" for row in world.conversations.rows.values())
        # A send whose outcome is unknown is not repeated.
        assert len(texts) == 1 or (not texts and unknown == 1), (step, after)
