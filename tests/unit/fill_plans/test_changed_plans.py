"""Tests when the next wave is due after the shift or its fill plan has changed during a wait."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.fill_world import FillWorld, employee

AUTO = {"fill_wave_size": "auto"}


def waiting(**attributes: Any) -> FillWorld:
    """Returns a world whose plan has sent a wave of four, and waits for four hours."""
    world = FillWorld()
    world.put_shift(**{"fill_wave_minutes": 240, "seats": 3, **attributes})
    world.run()
    world.clock.pass_time(minutes=10)
    world.run()
    return world


def edit(**attributes: Any) -> Callable[[FillWorld], None]:
    return lambda world: world.edit_shift(**attributes)


def in_hours(world: FillWorld, hours: float) -> str:
    return (world.clock() + timedelta(hours=hours)).isoformat()


@pytest.mark.parametrize(
    "change",
    [
        edit(fill_urgent=True),
        edit(seats=4),
        edit(fill_wave_minutes=5),
        lambda world: world.edit_shift(fill_by=in_hours(world, 1), **AUTO),
        lambda world: world.drop(0),
    ],
    ids=["urgent", "seats", "minutes", "fill_by", "drop"],
)
def test_given_a_change_that_hurries_when_planned_then_one_wave_is_sent_at_once(
    change: Callable[[FillWorld], None],
) -> None:
    world = waiting()
    world.claim(0)
    world.run()
    assert len(world.texted()) == 4, "a claim is no reason for a wave"
    change(world)
    world.run()
    sent = len(world.texted())
    assert sent > 4
    world.run()
    assert len(world.texted()) == sent


@pytest.mark.parametrize(
    "change",
    [
        edit(fill_urgent=False),
        edit(fill_wave_size=5),
        edit(fill_order="seniority"),
        edit(shift_info="16/08 5h nightshift"),
        edit(fill_wave_minutes=300),
        edit(seats=2),
        lambda world: world.edit_shift(fill_by=in_hours(world, 30)),
        lambda world: world.edit_shift(fill_by=in_hours(world, 2)),
        lambda world: world.claim(0),
    ],
    ids=["not urgent", "size", "order", "info", "minutes", "seats", "later", "nearer", "claim"],
)
def test_given_a_change_that_does_not_hurry_when_planned_then_the_wave_waits(
    change: Callable[[FillWorld], None],
) -> None:
    world = waiting()
    change(world)
    world.run()
    assert len(world.texted()) == 4
    world.clock.pass_time(minutes=20)
    world.run()
    assert len(world.texted()) == 4


def test_given_other_minutes_when_planned_then_they_count_from_the_last_wave() -> None:
    world = waiting()
    world.edit_shift(fill_wave_minutes=30)
    world.run()
    assert world.timers.at["A1"] == world.clock() + timedelta(minutes=20)
    world.edit_shift(fill_wave_minutes="auto")
    world.run()
    assert world.timers.at["A1"] == world.clock() + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ({"fill_wave_minutes": 30}, {"fill_wave_minutes": 240}),
        ({"fill_order": "random"}, {"fill_order": "rotation"}),
        ({"fill_urgent": True}, {"fill_urgent": None}),
        ({"seats": 4}, {"seats": 3}),
        ({"fill_by": "2026-08-01T20:00Z", **AUTO}, {"fill_by": "2026-08-02T20:00Z", **AUTO}),
    ],
)
def test_given_an_edit_that_flaps_when_planned_then_at_most_one_more_wave_is_sent(
    there: dict[str, Any], back: dict[str, Any]
) -> None:
    world = waiting(fill_wave_size=1, fill_by="2026-08-02T20:00Z")
    world.edit_shift(**there)
    world.run()
    texted = len(world.texted())
    for edit_again in (back, there, back, there):
        world.edit_shift(**edit_again)
        world.run()
    assert len(world.texted()) == texted


def test_given_quiet_hours_when_the_plan_becomes_urgent_then_it_texts_at_once() -> None:
    world = FillWorld(quiet_hours="11:00-15:00", urgent_overrides_quiet_hours=True)
    world.put_shift()
    world.run()
    world.clock.pass_time(minutes=5)
    world.run()
    assert world.texted() == []
    world.edit_shift(fill_urgent=True)
    world.run()
    assert len(world.texted()) == 4


def test_given_no_one_to_text_when_the_segment_changes_then_its_members_are_texted() -> None:
    world = FillWorld(employees=2, quiet_hours="11:00-15:00")
    world.put_shift()
    world.put_employee(5, segment="awake", timezone="Asia/Kolkata")
    world.run()
    assert world.texted() == []
    world.edit_shift(fill_segment="awake")
    world.run()
    assert world.texted() == [employee(5)]


def test_given_a_shift_on_hold_when_it_continues_then_what_was_skipped_is_sent() -> None:
    world = FillWorld()
    world.put_shift(fill_wave_minutes=240)
    world.plan()
    world.edit_shift(shift_status="on hold")
    world.send()
    world.plan()
    assert world.texted() == []
    assert world.timers.at == {}
    world.edit_shift(shift_status="available")
    world.run()
    assert world.texted() == [employee(index) for index in range(4)]


def test_given_a_wave_that_was_sent_when_a_hold_ends_then_the_next_one_waits() -> None:
    world = waiting()
    for _ in range(3):
        world.edit_shift(shift_status="on hold")
        world.run()
        world.edit_shift(shift_status="available")
        world.run()
    assert len(world.texted()) == 4
    assert world.timers.at["A1"] == world.clock() + timedelta(minutes=230)


def test_given_an_end_that_moves_nearer_when_automatic_then_it_texts_before() -> None:
    world = FillWorld(employees=200, recipients_per_item=50)
    world.put_shift(fill_wave_size="auto", fill_wave_minutes="auto", fill_by=in_hours(world, 24))
    world.run()
    first = len(world.texted())
    world.clock.pass_time(minutes=1)
    world.edit_shift(fill_by=in_hours(world, 0.1))
    world.run()
    world.pass_time(minutes=10)
    assert len(world.texted()) > max(first, 100)
