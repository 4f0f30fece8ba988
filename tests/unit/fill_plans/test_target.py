"""Tests from when the target of the time to fill counts."""

from typing import Any

from tests.support.fill_world import FillWorld, employee


def auto_world(**world: Any) -> FillWorld:
    made = FillWorld(employees=200, recipients_per_item=50, **world)
    made.put_shift(fill_wave_size="auto", fill_wave_minutes="auto", starts_at="2026-08-04T12:00Z")
    return made


def first_wave() -> int:
    world = auto_world()
    world.run()
    return len(world.texted())


def test_given_a_filled_plan_when_a_seat_is_dropped_then_the_target_counts_anew() -> None:
    world = auto_world()
    world.run()
    world.claim(0)
    world.run()
    world.clock.pass_time(hours=24)
    world.drop(0)
    before = len(world.texted())
    world.run()
    assert len(world.texted()) - before >= first_wave() - 2, "those of the first wave may still reply"


def test_given_a_stopped_plan_when_it_runs_again_later_then_the_target_counts_anew() -> None:
    world = auto_world()
    world.run()
    world.edit_shift(fill_status="stopped")
    world.run()
    world.clock.pass_time(hours=24)
    before = len(world.texted())
    world.edit_shift(fill_status="running")
    world.run()
    assert len(world.texted()) - before >= first_wave() - 2


def test_given_quiet_hours_first_when_they_end_then_the_target_counts_from_then() -> None:
    world = auto_world(quiet_hours="11:00-14:00")
    world.run()
    world.pass_time(hours=2)
    assert len(world.texted()) == first_wave()


def test_given_the_limit_of_a_day_when_it_ends_then_the_target_counts_from_then() -> None:
    world = auto_world(texts_per_day=1)
    for index in range(200):
        row = {"shift_id": f"employee#{employee(index)}", "entry": "contacts", "day_2026-08-01": 1}
        world.put("FillContacts", row)
    world.run()
    world.pass_time(hours=13)
    # The next look is up to an hour after midnight.
    assert len(world.texted()) >= first_wave()
