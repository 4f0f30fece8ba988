"""Tests the notice that employees have booked every seat of a shift, for the first time or after a shortage."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.managers_world import MAX, ManagersWorld
from tests.support.memory.employees import EmployeeRow
from tests.support.send_results import OPTED_OUT

FILLED = "Filled: A1 late"
CARL = "+14255550103"


def world_with_holder(**attributes: Any) -> ManagersWorld:
    """Returns a world in which Ann has booked A1."""
    world = ManagersWorld(policy=BookingPolicy(reminder_hours=0, sick_calls=SickCalls.INFORM))
    world.put_manager()
    world.put_shift(**attributes)
    world.put_holder()
    return world


def test_given_a_free_seat_when_booked_then_told_once() -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift()
    world.deliver(ANN, "A1")
    for _ in range(3):
        assert world.told() == [FILLED]
        world.clock.pass_time(minutes=30)


def test_given_two_seats_when_both_are_booked_then_told_after_the_last() -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift(seats=2)
    world.deliver(ANN, "A1")
    assert world.told() == []
    world.deliver(BOB, "A1")
    assert world.told() == [FILLED]


def test_given_a_manager_without_filled_when_a_seat_is_booked_then_not_told() -> None:
    world = ManagersWorld()
    world.put_manager(notices=frozenset({"sick"}))
    world.put_shift()
    world.deliver(ANN, "A1")
    assert world.told() == []


def test_given_a_seat_given_by_hand_when_reconciled_then_not_told() -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift(employee=ANN, shift_status="taken")
    for _ in range(3):
        assert world.told() == []
        world.clock.pass_time(minutes=10)
    assert world.shifts.holders("A1") == [ANN]


@pytest.mark.parametrize("hours", [0, 1, 49])
def test_given_a_filled_shift_when_its_holder_takes_it_back_then_told_once(hours: float) -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift(starts_in=100)
    world.deliver(ANN, "A1")
    assert world.told() == [FILLED]
    world.clock.pass_time(hours=hours)
    world.deliver(ANN, "DROP A1")
    world.clock.pass_time(seconds=5)
    world.deliver(ANN, "A1")
    assert world.told() == [FILLED]


@pytest.mark.parametrize("hours", [0.1, 2, 49])
def test_given_a_drop_that_was_told_when_its_holder_books_again_then_told(hours: float) -> None:
    world = world_with_holder(starts_in=100)
    world.deliver(ANN, "DROP A1")
    assert len(world.told()) == 1
    world.clock.pass_time(hours=hours)
    world.deliver(ANN, "A1")
    assert world.told()[1:] == [FILLED]


def test_given_a_stopped_plan_when_the_last_seat_is_booked_then_told() -> None:
    world = world_with_holder()
    world.shifts.edit("A1", fill_order="rotation", fill_status="stopped")
    world.deliver(ANN, "DROP A1")
    assert len(world.told()) == 1
    world.clock.pass_time(minutes=5)
    world.deliver(BOB, "A1")
    assert world.told()[1:] == [FILLED]


def test_given_a_shift_without_end_when_it_starts_in_quiet_hours_then_told_later() -> None:
    world = ManagersWorld(policy=BookingPolicy(reminder_hours=0, quiet_hours="12:00-14:00"))
    world.put_manager()
    world.put_shift(starts_in=1)
    world.deliver(ANN, "A1")
    world.clock.pass_time(hours=1)
    assert world.told() == []
    world.clock.pass_time(hours=1)
    assert world.told() == [FILLED]


def test_given_a_reply_that_is_refused_when_its_booking_is_undone_then_not_told() -> None:
    world = ManagersWorld()
    world.put_manager()
    world.put_shift()
    world.phones.refusals[ANN] = OPTED_OUT
    world.deliver(ANN, "A1")
    assert world.shifts.holders("A1") == []
    assert world.told() == []
    world.deliver(BOB, "A1")
    assert world.told() == [FILLED]


def test_given_a_drop_when_another_employee_books_then_told_once() -> None:
    world = world_with_holder()
    world.deliver(ANN, "DROP A1")
    assert len(world.told()) == 1
    world.clock.pass_time(minutes=15)
    world.deliver(BOB, "A1")
    for _ in range(3):
        assert world.told()[1:] == [FILLED]
        world.clock.pass_time(minutes=10)


def test_given_two_drops_within_an_hour_when_full_after_each_then_each_is_told() -> None:
    world = world_with_holder()
    for leaver, follower in ((ANN, BOB), (BOB, ANN)):
        world.deliver(leaver, "DROP A1")
        world.told()
        world.clock.pass_time(minutes=10)
        world.deliver(follower, "A1")
        world.told()
        world.clock.pass_time(minutes=10)
    assert [text.partition(" ")[0] for text in world.told()] == ["Ann", "Filled:", "Bob", "Filled:"]


def test_given_a_drop_when_the_same_employee_books_again_then_not_told() -> None:
    world = world_with_holder()
    world.deliver(ANN, "DROP A1")
    world.deliver(ANN, "A1")
    assert world.told() == []


def test_given_two_seats_when_one_is_free_then_only_the_last_booking_is_told() -> None:
    world = world_with_holder(seats=2)
    world.deliver(ANN, "DROP A1")
    world.deliver(BOB, "A1")
    assert len(world.told()) == 1
    world.employees.rows[CARL] = EmployeeRow()
    world.deliver(CARL, "A1")
    assert world.told()[1:] == [FILLED]


def test_given_a_sick_employee_who_keeps_the_seat_when_told_then_it_is_not_filled() -> None:
    world = world_with_holder(starts_in=5)
    world.deliver(ANN, "SICK A1")
    assert world.told() == ["Ann Lee is sick: A1 late. Open spots: 0"]


def test_given_a_free_seat_when_booked_after_its_notice_then_told() -> None:
    world = ManagersWorld(policy=BookingPolicy(reminder_hours=0, unfilled_notice_hours=4))
    world.put_manager()
    world.put_shift(starts_in=4)
    assert len(world.told()) == 1
    world.clock.pass_time(minutes=30)
    world.deliver(BOB, "A1")
    assert world.told()[1:] == [FILLED]


def test_given_a_seat_that_was_taken_long_ago_when_reconciled_then_not_told() -> None:
    world = world_with_holder()
    world.deliver(ANN, "DROP A1")
    world.deliver(BOB, "A1")
    world.clock.pass_time(hours=3)
    assert [text for text in world.told() if text == FILLED] == []


@pytest.mark.parametrize(("status", "told"), [("filled", True), ("running", False)])
def test_given_a_fill_plan_when_full_then_told_unless_the_plan_does(status: str, *, told: bool) -> None:
    world = world_with_holder()
    world.record(ManagerNotice.FILLED, fill_order="rotation", fill_status="filled")
    world.clock.pass_time(minutes=1)
    world.deliver(ANN, "DROP A1")
    world.clock.pass_time(minutes=1)
    world.deliver(BOB, "A1")
    world.shifts.edit("A1", fill_status=status)
    world.reconcile("A1")
    shift = world.shifts.get("A1")
    assert shift is not None
    filled = [one.at for one in shift.manager_events if one.kind is ManagerNotice.FILLED]
    assert filled == [world.clock() - (timedelta() if told else timedelta(minutes=2))]
    assert (FILLED in world.told(MAX)) is told


@pytest.mark.parametrize("in_outbox", [False, True])
def test_given_a_filled_plan_when_a_seat_is_given_back_before_it_runs_then_not_told(
    *, in_outbox: bool
) -> None:
    world = world_with_holder()
    world.record(ManagerNotice.FILLED, fill_order="rotation", fill_status="filled")
    if in_outbox:
        world.reconcile("A1")
        assert len(world.waiting_notices()) == 1
    world.deliver(ANN, "DROP A1")
    assert FILLED not in world.told()
    world.deliver(BOB, "A1")
    assert FILLED in world.told()
