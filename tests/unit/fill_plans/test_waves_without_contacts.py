"""Tests that a plan which can text no one stores why each employee was skipped, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.fill_world import FillWorld, employee

WRONG_ROLE = {"wrong-role": [employee(0), employee(1)]}


def new_world() -> FillWorld:
    world = FillWorld(employees=2)
    world.put_shift(role="Bar")
    return world


def stored(world: FillWorld, kind: str) -> list[dict[str, Any]]:
    return [row for row in world.rows("FillContacts") if row["entry"].startswith(f"{kind}#")]


def check_exhausted(world: FillWorld) -> None:
    """Checks that the plan has ended, and that one wave says why."""
    assert world.status() == ("exhausted", 0)
    (wave,), (skipped,) = stored(world, "wave"), stored(world, "skipped")
    assert (wave["contacts"], skipped["reasons"]) == ([], WRONG_ROLE)
    assert wave["entry"].removeprefix("wave#") in skipped["entry"]


def test_given_no_one_to_text_when_exhausted_then_the_reasons_are_stored_once() -> None:
    world = new_world()
    for _ in range(3):
        world.run()
    check_exhausted(world)


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_stop_at_any_step_when_exhausted_then_the_reasons_are_stored_once(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    def steps_of() -> Steps:
        world = new_world()
        world.plan()
        return world.steps

    for step, after in crash_points(steps_of):
        world = new_world()
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            world.plan()
        world.clock.pass_time(minutes=1)
        world.plan()
        check_exhausted(world)


def test_given_quiet_hours_when_the_plan_waits_then_the_reasons_are_stored_once() -> None:
    world = FillWorld(employees=2, quiet_hours="11:00-14:00")
    world.put_shift()
    for _ in range(3):
        world.run()
        world.clock.pass_time(minutes=10)
    (skipped,) = stored(world, "skipped")
    assert skipped["reasons"] == {"quiet-hours": [employee(0), employee(1)]}
    world.pass_time(hours=2)
    assert world.texted() == [employee(0), employee(1)]
    assert [len(wave["contacts"]) for wave in stored(world, "wave")] == [0, 2, 0], "the last one is the end"


def test_given_the_limit_of_a_day_when_looked_each_hour_then_stored_once() -> None:
    world = FillWorld(employees=2, texts_per_day=1)
    world.put_shift("B2", fill_wave_size=2)
    world.run("B2")
    world.put_shift("A1", starts_at=(world.clock() + timedelta(days=3)).isoformat())
    world.run("A1")
    world.pass_time("A1", hours=5)
    waves = [row for row in stored(world, "wave") if row["shift_id"] == "A1"]
    assert [len(wave["contacts"]) for wave in waves] == [0]
    world.put_employee(0, opted_out=True)
    world.pass_time("A1", hours=1)
    reasons = [row["reasons"] for row in stored(world, "skipped") if row["shift_id"] == "A1"]
    both, one = [employee(0), employee(1)], [employee(1)]
    assert reasons == [{"daily-limit": both}, {"opted-out": [employee(0)], "daily-limit": one}]


@pytest.mark.parametrize(
    ("zone", "status", "texts"), [("Australia/Sydney", "running", 1), ("UTC", "exhausted", 0)]
)
def test_given_the_limit_of_a_day_when_the_day_ends_before_the_plan_then_it_waits(
    zone: str, status: str, texts: int
) -> None:
    world = FillWorld(employees=1, texts_per_day=1)
    world.put_employee(0, timezone=zone)
    world.put_shift("B2")
    world.run("B2")
    # The day ends at 14:00 in Sydney, which is 20 minutes later.
    world.clock.pass_time(hours=1, minutes=40)
    world.put_shift("A1", fill_by=(world.clock() + timedelta(minutes=50)).isoformat())
    world.run("A1")
    assert (world.status("A1")[0], len(world.texted())) == (status, 1)
    world.pass_time("A1", minutes=20)
    assert len(world.texted()) == 1 + texts
