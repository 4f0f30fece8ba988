"""Tests that the status of a shift and the bookings of its holders follow edits and time."""

from datetime import timedelta

from tests.support.dialogues.dialogue import ANN
from tests.support.inbound_world import InboundWorld
from tests.support.seats_world import CODES, EMPLOYEES, SeatsWorld


def test_given_a_mistyped_start_when_reconciled_then_the_holder_has_a_conflict() -> None:
    world = SeatsWorld()
    ann = EMPLOYEES[0]
    starts_at = (world.clock() + timedelta(hours=25)).isoformat()
    for code in CODES:
        world.shifts.put(code, starts_at=starts_at)
    world.deliver(ann, "A1")
    world.reconcile_shifts()
    world.shifts.edit("A1", starts_at="tomorow 8 am")
    world.reconcile_shifts()
    world.deliver(ann, "B2")
    assert world.phones.heard(ann)[-1] == "B2 overlaps with your A1"
    world.deliver(ann, "DROP A1")
    assert world.phones.heard(ann)[-1] == "Given back: A1", "a refused shift can be dropped"


def test_given_a_shift_whose_seats_are_all_taken_when_it_is_over_then_it_is_closed() -> None:
    world = SeatsWorld()
    starts_at = world.clock() + timedelta(hours=25)
    ends_at = starts_at + timedelta(hours=8)
    world.shifts.put("A1", starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    world.deliver(EMPLOYEES[0], "A1")
    world.reconcile_shifts()
    assert world.shift_timers.at["A1"] == ends_at
    world.clock.pass_time(minutes=33 * 60)
    world.reconcile_shifts()
    assert world.shifts.rows["A1"]["shift_status"] == "closed"
    assert world.shifts.holders("A1") == [EMPLOYEES[0]]
    assert world.shift_timers.at == {}


def test_given_a_shift_assigned_by_hand_when_reconciled_then_it_is_in_the_bookings() -> None:
    world = InboundWorld()
    start = world.clock() + timedelta(hours=48)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}
    world.shifts.put("A1", "", shift_status="taken", employee="+1 425 555 0101", **times)
    world.shifts.put("B2", "", **times)
    world.reconcile_shifts()
    world.deliver(ANN, "MINE")
    world.deliver(ANN, "B2")
    assert world.phones.heard(ANN)[1:] == [
        "Your shifts:\nA1 Mon 3 Aug 12:00-16:00",
        "B2 overlaps with your A1",
    ]
    world.shifts.edit("A1", shift_status="available", employee=None, employees=None)
    world.deliver(ANN, "B2")
    assert world.phones.heard(ANN)[-1].startswith("Booked: B2"), (
        "a shift that an operator has taken back conflicts with nothing"
    )
