"""Tests the fill plans that sick calls start."""

from datetime import timedelta
from typing import Any, cast

import pytest

from shift_sms_runtime.shifts.employee_bookings import Booking
from shift_sms_runtime.tables.employee_bookings import DynamoEmployeeBookings
from tests.support.fill_world import FillWorld, employee

WITHOUT_PLAN = {"fill_order": None, "fill_wave_minutes": None}


def world_with_holder(**attributes: Any) -> FillWorld:
    """Returns a world in which the first employee has a shift that starts in two hours."""
    world = FillWorld()
    starts_at = (world.clock() + timedelta(hours=2)).isoformat()
    world.put_shift(starts_at=starts_at, **attributes)
    world.claim(0)
    return world


def store_sick_call(world: FillWorld) -> DynamoEmployeeBookings:
    """Writes what the text SICK A1 changes on the shift and on the bookings of the first employee."""
    table, number = DynamoEmployeeBookings(cast("Any", world.plain_client), "EmployeeBookings"), employee(0)
    after = world.call_in_sick(0).bookings
    table.replace(number, before=table.of([number])[number], after=after, now=world.clock())
    return table


def test_given_no_plan_when_the_holder_is_sick_then_others_are_texted() -> None:
    world = world_with_holder(**WITHOUT_PLAN)
    world.run()
    assert world.texted() == []
    world.call_in_sick(0)
    world.run()
    assert world.texted() == [employee(index) for index in range(1, 5)]
    fill = world.shift().fill
    assert fill is not None
    assert fill.urgent
    assert world.status() == ("running", 4)
    world.claim(3)
    world.run()
    assert world.status() == ("filled", 4)
    world.pass_time(hours=1)
    assert employee(0) not in world.texted()


@pytest.mark.parametrize("before", ["filled", "exhausted", "stopped"])
def test_given_a_plan_that_ended_when_the_holder_is_sick_then_it_texts_again(before: str) -> None:
    world = FillWorld()
    starts_at = world.clock() + timedelta(hours=2)
    fill_by = (world.clock() + timedelta(minutes=5)).isoformat()
    world.put_shift(
        starts_at=starts_at.isoformat(), fill_by=fill_by if before == "exhausted" else None, seats=2
    )
    world.run()
    world.claim(0)
    if before == "filled":
        world.claim(1)
    elif before == "stopped":
        world.edit_shift(fill_status="stopped")
    world.pass_time(minutes=6)
    world.run()
    assert world.status()[0] == before
    texted = len(world.texted())
    world.call_in_sick(0)
    world.run()
    assert world.status()[0] == "running"
    world.pass_time(minutes=30)
    assert len(world.texted()) > texted
    assert employee(0) not in world.texted()[texted:]


@pytest.mark.parametrize("sick", [True, False], ids=["sick", "booked"])
def test_given_an_employee_of_a_wave_when_they_book_first_then_no_text_follows(sick: bool) -> None:
    world = FillWorld(employees=4)
    world.put_shift(seats=2)
    world.plan()
    world.claim(2)
    if sick:
        world.call_in_sick(2)
    world.send()
    assert world.texted() == [employee(0), employee(1), employee(3)]
    (row,) = (row for row in world.rows("Deliveries") if row["phone_number"] == employee(2))
    assert (row["status"], row["reason"]) == ("stopped", "sick" if sick else "has-place")


def test_given_a_sick_call_when_another_shift_is_at_the_same_time_then_not_texted() -> None:
    world = world_with_holder(ends_at="2026-08-01T20:00+00:00")
    store_sick_call(world)
    for shift_id, start in (("B2", "2026-08-01T19:00+00:00"), ("C3", "2026-08-01T20:00+00:00")):
        world.put_shift(shift_id, starts_at=start, ends_at="2026-08-01T23:00+00:00", fill_order="seniority")
        world.run(shift_id)
    assert (employee(0) in world.texted("B2"), employee(0) in world.texted("C3")) == (False, True)
    rows = (row for row in world.rows("FillContacts") if row["shift_id"] == "B2")
    (skipped,) = (row["reasons"] for row in rows if row["entry"].startswith("skipped#"))
    assert skipped == {"sick": [employee(0)]}


def test_given_a_sick_call_when_booked_again_or_over_then_nothing_is_remembered() -> None:
    world = world_with_holder(ends_at="2026-08-01T20:00+00:00")
    stored = store_sick_call(world).of([employee(0)])[employee(0)]
    assert stored.sick.keys() == {"A1"}
    assert stored.with_booking(Booking("A1", None, world.clock())).sick == {}
    assert stored.current(world.clock()) == stored
    assert stored.current(world.clock() + timedelta(hours=9)).sick == {}


def test_given_a_refilled_sick_call_when_a_seat_is_dropped_then_no_new_plan_starts() -> None:
    world = world_with_holder(fill_wave_minutes=60)
    world.run()
    started_at = world.item()["fill_started_at"]
    world.call_in_sick(0)
    world.claim(1)
    world.run()
    assert world.status() == ("filled", 0)
    world.clock.pass_time(minutes=30)
    world.drop(1)
    world.run()
    assert world.item()["fill_started_at"] == started_at
    assert world.status() == ("running", 4)
