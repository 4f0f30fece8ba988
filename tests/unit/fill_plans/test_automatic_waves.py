"""Tests that waves are sized by what earlier texts led to, and that each text counts once."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.fill_plans.reply_model import ReplyModel
from tests.support.fill_world import FillWorld, employee


def auto_world(employees: int = 200, **attributes: Any) -> FillWorld:
    world = FillWorld(employees=employees, recipients_per_item=50)
    world.put_shift(**{"fill_wave_size": "auto", "fill_wave_minutes": None, **attributes})
    return world


def statistics(world: FillWorld) -> dict[str, Any]:
    """Returns the texts, each for the time of its plan, and the claims by hour."""
    return {
        row["entry"]: (round(float(row["contacted"]), 3), int(row["claimed"]))
        for row in world.rows("FillContacts")
        if row["shift_id"] == "segment#overtime"
    }


def test_given_no_history_when_sized_then_a_wave_is_a_part_of_the_segment() -> None:
    world = auto_world(fill_by="2026-08-01T16:00Z")
    world.run()
    first = len(world.texted())
    assert 5 < first < 50
    world.pass_time(hours=4)
    assert sorted(world.texted()) == [employee(index) for index in range(200)], "no one replied"
    assert world.status() == ("exhausted", 200)


def test_given_an_operators_size_when_the_wait_is_automatic_then_the_size_applies() -> None:
    world = auto_world(fill_wave_size=7)
    world.run()
    assert len(world.texted()) == 7


def test_given_a_segment_that_answers_when_sized_then_waves_are_smaller() -> None:
    answered, silent = auto_world(), auto_world()
    for world, claimed in ((answered, 100), (silent, 2)):
        row = {"shift_id": "segment#overtime", "entry": "hour#12", "contacted": 300, "claimed": claimed}
        delays = {"log_delays": 6 * claimed, "squared_log_delays": 37 * claimed}
        world.put("FillContacts", row | delays)
        world.run()
    assert len(answered.texted()) < len(silent.texted())


@pytest.mark.parametrize("claimed", [True, False])
def test_given_a_plan_that_ends_when_counted_then_each_text_counts_once(claimed: bool) -> None:
    world = auto_world(employees=4, fill_wave_minutes=10)
    world.run()
    assert statistics(world) == {}
    world.clock.pass_time(minutes=3)
    if claimed:
        world.claim(1)
    world.edit_shift(fill_status=None if claimed else "stopped")
    world.run()
    # Three minutes say little about those who have not claimed.
    silent = (len(world.texted()) - claimed) * ReplyModel().share_within(timedelta(minutes=3))
    expected = {"hour#12": (pytest.approx(claimed + silent, rel=0.1), int(claimed))}
    assert statistics(world) == expected
    for status in ("running", "stopped", "running"):
        world.edit_shift(fill_status=status)
        world.run()
    assert statistics(world) == expected


def test_given_texts_that_were_skipped_when_counted_then_they_do_not_count() -> None:
    world = auto_world(employees=4)
    world.plan()
    world.claim(1)
    world.send()
    world.run()
    assert statistics(world) == {}
