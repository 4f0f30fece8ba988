"""Tests the charts of campaigns: what they show, and that no text in them is markup or needs a script or a style."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shift_sms_operator.campaigns.charts import NO_DATA, bars, curve

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"' onload=x"


def test_given_counts_when_drawn_then_the_largest_bar_is_full_and_none_hides() -> None:
    drawn = bars("Recipients", [("sent", 100_000), ("opted out", 50_000), ("failed", 1), ("waiting", 0)])

    assert re.findall(r'rect width="([0-9.]+)%"', drawn) == ["100.0", "50.0", "0.5", "0"]
    assert re.findall(r'<td class="n">([0-9]+)', drawn) == ["100000", "50000", "1", "0"]
    assert 'aria-label="Recipients"' in drawn


def test_given_sums_when_drawn_then_the_curve_rises_from_start_to_end() -> None:
    points = [(NOON + timedelta(minutes=minute), 10 * minute) for minute in (1, 2, 5)]

    drawn = curve("recipients done", points, ZoneInfo("Europe/Berlin"))

    assert 'points="0,100 0.0,80.0 25.0,60.0 100.0,0.0"' in drawn
    assert "50 recipients done from 2026-11-28 13:01 CET to 2026-11-28 13:05 CET" in drawn


def test_given_sums_of_one_moment_when_drawn_then_words_alone() -> None:
    points = [(NOON, 2), (NOON + timedelta(seconds=1), 4)]

    assert curve("recipients done", points, UTC) == "<p>4 recipients done at 2026-11-28 12:00 UTC</p>"


def test_given_no_data_when_drawn_then_the_chart_says_so() -> None:
    assert bars("Recipients", []) == curve("recipients", [], UTC) == NO_DATA
    assert 'width="0%"' in bars("Recipients", [("sent", 0)])


def test_given_hostile_labels_when_drawn_then_they_are_text_and_no_policy_is_broken() -> None:
    drawn = bars(HOSTILE, [(HOSTILE, 1)]) + curve(HOSTILE, [(NOON, 1), (NOON + timedelta(hours=1), 2)], UTC)

    assert "<script" not in drawn
    assert "style" not in drawn
    assert drawn.count("&quot;&#x27; onload=x") == 4
