"""Tests the fill plans that sick calls start."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.fill_world import FillWorld, employee

WITHOUT_PLAN = {"fill_order": None, "fill_wave_minutes": None}


def world_with_holder(**attributes: Any) -> FillWorld:
    """Returns a world in which the first employee has a shift that starts in two hours."""
    world = FillWorld()
    starts_at = (world.clock() + timedelta(hours=2)).isoformat()
    world.put_shift(starts_at=starts_at, **attributes)
    world.claim(0)
    return world


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
    world.run()
    assert world.texted() == [employee(0), employee(1), employee(3)]
    (row,) = (row for row in world.rows("Deliveries") if row["phone_number"] == employee(2))
    assert (row["status"], row["reason"]) == ("stopped", "sick" if sick else "has-place")
