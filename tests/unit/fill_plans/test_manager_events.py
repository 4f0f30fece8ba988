"""Tests that each end of a fill plan is an event that managers are told."""

from datetime import datetime

import pytest

from shift_sms_runtime.employees.managers import ManagerNotice
from tests.support.fill_world import FillWorld, employee


def recorded(world: FillWorld, kind: ManagerNotice) -> list[datetime]:
    """Returns the times of the events of a kind that the shift records."""
    return [one.at for one in world.shift().manager_events if one.kind is kind]


def filled_world() -> FillWorld:
    """Returns a world in which the plan of a shift is filled."""
    world = FillWorld()
    world.put_shift()
    world.run()
    world.claim(1)
    world.run()
    assert world.status() == ("filled", 4)
    assert recorded(world, ManagerNotice.FILLED) == [world.clock()]
    return world


def test_given_a_sick_call_after_filled_when_filled_again_then_recorded() -> None:
    world = filled_world()
    world.clock.pass_time(minutes=10)
    sick = world.shift().with_sick_call(employee(1), world.clock()).without_holder(employee(1))
    world.shifts.save(sick)
    world.run()
    assert recorded(world, ManagerNotice.FILLED) == []
    world.clock.pass_time(minutes=15)
    world.claim(2)
    world.run()
    assert recorded(world, ManagerNotice.FILLED) == [world.clock()]


def test_given_another_seat_after_filled_when_filled_then_recorded() -> None:
    world = filled_world()
    world.edit_shift(seats=2)
    world.run()
    world.clock.pass_time(minutes=15)
    world.claim(2)
    world.run()
    assert recorded(world, ManagerNotice.FILLED) == [world.clock()]


def test_given_an_exhausted_plan_when_it_ends_again_then_recorded() -> None:
    world = FillWorld(employees=0)
    world.put_shift()
    world.run()
    world.pass_time(minutes=20)
    assert world.status() == ("exhausted", 0)
    first = recorded(world, ManagerNotice.EXHAUSTED)
    world.edit_shift(fill_status="running")
    world.run()
    world.pass_time(minutes=20)
    assert world.status() == ("exhausted", 0)
    second = recorded(world, ManagerNotice.EXHAUSTED)
    assert len(first) == len(second) == 1
    assert first < second


@pytest.mark.parametrize("statuses", [("running",), ("stopped", "running")])
def test_given_a_filled_plan_when_it_ends_again_without_a_wave_then_not_recorded(
    statuses: tuple[str, ...],
) -> None:
    world = filled_world()
    first = recorded(world, ManagerNotice.FILLED)
    world.clock.pass_time(hours=2)
    for status in statuses:
        world.edit_shift(fill_status=status)
        world.run()
    assert world.status()[0] == "filled"
    assert recorded(world, ManagerNotice.FILLED) == first
