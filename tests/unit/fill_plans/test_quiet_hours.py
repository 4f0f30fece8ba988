"""Tests that fill plans text no one in quiet hours, and go on when these end."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shift_sms_runtime.campaigns.sender import IN_QUIET_HOURS
from shift_sms_runtime.fill_plans.eligibility import SkipReason
from tests.support.crash_points import STOPS, Killed, Steps, crash_points, die
from tests.support.fill_world import FillWorld, employee

# The clock starts at 12:00 in UTC.
UNTIL_ONE = "11:00-13:00"
SOON = "12:05-14:00"
KOLKATA = "Asia/Kolkata"
ALL = [employee(index) for index in range(6)]


def new_world(quiet_hours: str, *, urgent_overrides: bool = False, **attributes: Any) -> FillWorld:
    world = FillWorld(employees=6, quiet_hours=quiet_hours, urgent_overrides_quiet_hours=urgent_overrides)
    world.put_shift(**attributes)
    return world


def skipped(world: FillWorld) -> list[dict[str, list[str]]]:
    """Returns the skipped employees of each wave by reason."""
    return [row["reasons"] for row in world.rows("FillContacts") if row["entry"].startswith("skipped#")]


def test_given_employees_in_two_zones_when_planned_then_only_those_awake_are_texted() -> None:
    world = new_world(UNTIL_ONE)
    for index in range(3):
        world.put_employee(index, timezone=KOLKATA)
    world.run()
    assert world.texted() == ALL[:3]
    assert skipped(world) == [{SkipReason.QUIET_HOURS: ALL[3:]}]
    world.pass_time(minutes=59)
    assert world.texted() == ALL[:3]
    assert world.status() == ("running", 3), "it is not exhausted while someone waits"
    world.pass_time(minutes=1)
    assert world.texted() == ALL


def test_given_the_zone_of_a_shift_when_planned_then_it_is_the_default() -> None:
    world = new_world(UNTIL_ONE, timezone=KOLKATA)
    world.put_employee(0, timezone="UTC")
    world.run()
    assert world.texted() == ALL[1:5]


@pytest.mark.parametrize(("minutes", "status", "texts"), [(70, "running", 4), (60, "exhausted", 0)])
def test_given_quiet_hours_when_the_plan_ends_in_them_then_it_does_not_wait(
    minutes: int, status: str, texts: int
) -> None:
    world = new_world(UNTIL_ONE)
    world.edit_shift(fill_by=(world.clock() + timedelta(minutes=minutes)).isoformat())
    world.run()
    assert (world.status()[0], world.texted()) == (status, [])
    world.pass_time(minutes=60)
    assert (world.status()[0], len(world.texted())) == (status, texts)


@pytest.mark.parametrize(("overrides", "texts"), [(True, 4), (False, 0)])
def test_given_an_urgent_plan_when_quiet_then_it_waits_unless_the_setting_is_on(
    *, overrides: bool, texts: int
) -> None:
    world = new_world(UNTIL_ONE, urgent_overrides=overrides, fill_urgent=True)
    world.run()
    assert len(world.texted()) == texts
    world.pass_time(hours=1)
    assert len(world.texted()) == (6 if overrides else 4)


def test_given_the_setting_when_a_plan_is_not_urgent_then_it_waits() -> None:
    world = new_world(UNTIL_ONE, urgent_overrides=True)
    world.run()
    assert world.texted() == []


@pytest.mark.parametrize(("overrides", "texts"), [(True, 4), (False, 0)])
def test_given_a_plan_that_waits_when_it_becomes_urgent_then_its_wave_is_sent(
    *, overrides: bool, texts: int
) -> None:
    world = new_world(UNTIL_ONE, urgent_overrides=overrides)
    world.run()
    assert world.texted() == []
    world.edit_shift(fill_urgent=True)
    for _ in range(2):
        world.run()
        assert len(world.texted()) == texts, "the wait between two waves stays"


def test_given_no_one_left_when_a_plan_becomes_urgent_then_it_waits_for_its_senders() -> None:
    world = new_world(UNTIL_ONE, urgent_overrides=True)
    for index in range(3):
        world.put_employee(index, timezone=KOLKATA)
    world.plan()
    world.clock.pass_time(minutes=20)
    world.plan()
    for index in range(3, 6):
        world.put_employee(index, opted_out=True)
    world.edit_shift(fill_urgent=True)
    world.plan()
    assert world.status()[0] == "running"
    world.send()
    assert world.texted() == ALL[:3]


@pytest.mark.parametrize("urgent", [True, False])
def test_given_a_wave_that_waits_when_quiet_hours_begin_then_it_is_skipped(*, urgent: bool) -> None:
    world = new_world(SOON, urgent_overrides=True, fill_urgent=urgent)
    world.plan()
    world.clock.pass_time(minutes=5)
    world.send()
    assert world.texted() == (ALL[:4] if urgent else [])
    reasons = {row.get("reason") for row in world.rows("Deliveries")}
    assert (IN_QUIET_HOURS in reasons) is not urgent
    world.pass_time(hours=1, minutes=54)
    assert len(world.texted()) == (6 if urgent else 0)
    world.pass_time(minutes=11)
    assert Counter(world.texted()) == Counter(ALL), "everyone is texted once, after quiet hours"
    assert world.status()[1] == 6


def test_given_quiet_hours_that_begin_between_two_sends_then_the_second_is_not_sent() -> None:
    world = new_world(SOON)
    world.plan()
    real_send = world.phones.send

    def send_slowly(text: object) -> object:
        result = real_send(text)  # type: ignore[arg-type]
        world.clock.pass_time(minutes=3)
        return result

    world.phones.send = send_slowly  # type: ignore[assignment, method-assign]
    world.send()
    assert world.texted() == ALL[:2]


def test_given_an_automatic_wait_when_quiet_hours_end_earlier_then_the_plan_goes_on() -> None:
    world = new_world("11:00-12:07", fill_wave_minutes="auto", fill_wave_size=2)
    world.put_employee(0, timezone=KOLKATA)
    world.run()
    assert world.texted() == ALL[:1]
    assert world.timers.at["A1"] == world.clock() + timedelta(minutes=7)
    world.pass_time(minutes=7)
    assert len(world.texted()) > 1


def test_given_a_clock_change_when_quiet_hours_end_then_at_the_local_time() -> None:
    world = new_world("21:00-08:00", timezone="Europe/Berlin")
    world.clock.time = datetime.fromisoformat("2026-10-24T23:00:00+02:00")
    world.run()
    assert world.timers.at["A1"] == datetime.fromisoformat("2026-10-25T08:00:00+01:00")
    world.pass_time(hours=10)
    assert len(world.texted()) == 4


def steps_of_waiting() -> Steps:
    world = new_world(UNTIL_ONE, fill_wave_size=6)
    world.plan()
    return world.steps


def check_waiting(world: FillWorld) -> None:
    """Delivers every message again, ends quiet hours, and checks that each employee is texted once."""
    world.clock.pass_time(minutes=2)
    world.run()
    assert (world.status(), world.texted()) == (("running", 0), [])
    world.pass_time(hours=2)
    assert Counter(world.texted()) == Counter(ALL)


@pytest.mark.parametrize(("stop", "stopped"), STOPS)
def test_given_a_planner_that_stops_when_everyone_sleeps_then_texted_once_later(
    stop: Callable[[], None], stopped: type[BaseException]
) -> None:
    for step, after in crash_points(steps_of_waiting):
        world = new_world(UNTIL_ONE, fill_wave_size=6)
        world.steps.once(step, stop, after=after)
        with pytest.raises(stopped):
            world.plan()
        check_waiting(world)


def test_given_two_planners_when_everyone_sleeps_then_texted_once_later() -> None:
    for step, after in crash_points(steps_of_waiting):
        world = new_world(UNTIL_ONE, fill_wave_size=6)
        world.steps.once(step, world.plan, after=after)
        world.plan()
        check_waiting(world)


def late_wave() -> FillWorld:
    """Returns a world in which a wave of two is queued, and quiet hours have begun."""
    world = new_world(SOON, fill_wave_size=2)
    world.plan()
    world.clock.pass_time(minutes=5)
    return world


def test_given_a_sender_that_stops_while_it_skips_then_each_is_texted_once() -> None:
    planned = late_wave().steps.taken

    def steps() -> Steps:
        world = late_wave()
        world.send()
        world.steps.taken -= planned
        return world.steps

    for step, after in crash_points(steps):
        world = late_wave()
        world.steps.once(step, die, after=after)
        with pytest.raises(Killed):
            world.send()
        world.clock.pass_time(minutes=2)
        world.run()
        assert world.texted() == []
        world.pass_time(hours=3)
        assert Counter(world.texted()) == Counter(ALL)
