"""Tests that the parts of the index that a list reads have every shift of the wanted days."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.shift_lists.index_parts import IndexPart, index_parts
from shift_sms_runtime.shift_lists.list_filter import ListFilter
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import listed_from

ZONES = [ZoneInfo(name) for name in sorted(available_timezones()) if name != "localtime"]
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it


def parts_with(parts: list[IndexPart], start: datetime, *, own_zone: bool) -> list[IndexPart]:
    """Returns the parts that have a shift with this start."""
    position = f"{listed_from(start)}##A1"
    return [
        part
        for part in parts
        if part.after < position < (part.before or "~") and (own_zone or not part.own_zone_only)
    ]


@given(
    st.sampled_from(DaysWanted),
    INSTANTS,
    st.integers(-30 * 60, 10 * 24 * 60),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
)
def test_given_any_zones_when_days_are_wanted_then_the_parts_have_every_match(
    days: DaysWanted, asked_at: datetime, minutes: int, zone: ZoneInfo, own_zone: ZoneInfo
) -> None:
    parts = list(index_parts(days, asked_at, zone))
    start = asked_at + timedelta(minutes=minutes)
    limited_to = ListFilter(ShiftFilter(days), asked_at)
    matches = limited_to.matches(Shift("A1", starts_at=start, zone=zone))
    assert len(parts_with(parts, start, own_zone=False)) == matches, "other shifts of this zone are not read"
    if limited_to.matches(Shift("A1", starts_at=start, zone=own_zone)):
        assert len(parts_with(parts, start, own_zone=True)) == 1


@given(st.sampled_from(DaysWanted), INSTANTS, st.sampled_from(ZONES))
def test_given_days_when_divided_then_the_parts_follow_each_other_and_are_few(
    days: DaysWanted, asked_at: datetime, zone: ZoneInfo
) -> None:
    parts = index_parts(days, asked_at, zone)
    assert all(part.after < (part.before or "") for part in parts)
    assert all((one.before or "") <= other.after for one, other in pairwise(parts))
    assert sum(not part.own_zone_only for part in parts) == 1
    assert len(parts) <= 4


def test_given_no_days_when_divided_then_the_whole_index_is_read() -> None:
    assert index_parts(None, datetime.now(UTC), ZoneInfo("UTC")) == [IndexPart()]


@pytest.mark.parametrize(
    ("zone", "day", "after", "before"),
    [
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        # Clocks go forward at midnight.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
    ],
)
def test_given_a_day_on_which_clocks_change_when_divided_then_all_of_it_is_read(
    zone: str, day: str, after: str, before: str
) -> None:
    asked_at = datetime.fromisoformat(f"{day}T12:00Z")
    (part,) = [
        one for one in index_parts(DaysWanted.TODAY, asked_at, ZoneInfo(zone)) if not one.own_zone_only
    ]
    assert part == IndexPart(after, before)
