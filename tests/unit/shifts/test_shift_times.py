"""Tests times, spans and the hours of each local week."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.shifts.shift_times import Span
from tests.support.shift_builders import BERLIN, NEW_YORK, NOW, shift, span

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("written", "zone", "utc"),
    [
        ("2026-08-15T22:00:00Z", "UTC", "2026-08-15T22:00:00+00:00"),
        ("2026-08-15T22:00:00+02:00", "America/New_York", "2026-08-15T20:00:00+00:00"),
        ("2026-08-15T22:00", "Europe/Berlin", "2026-08-15T20:00:00+00:00"),
        ("2026-08-15 22:00", "UTC", "2026-08-15T22:00:00+00:00"),
        ("2026-12-15T22:00", "Europe/Berlin", "2026-12-15T21:00:00+00:00"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_given_a_time_written_by_hand_when_read_then_it_is_in_utc(written: str, zone: str, utc: str) -> None:
    assert shift(starts_at=written, timezone=zone).starts_at == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("start", "end", "zone", "hours"),
    [
        ("2026-08-15T22:00", "2026-08-16T06:00", BERLIN, [8.0]),
        ("2026-10-24T22:00", "2026-10-25T06:00", BERLIN, [9.0]),
        ("2026-03-28T22:00", "2026-03-29T06:00", BERLIN, [7.0]),
        ("2026-08-16T22:00", "2026-08-17T06:00", BERLIN, [2.0, 6.0]),
        ("2026-11-01T00:00", "2026-11-02T00:00", NEW_YORK, [25.0]),
        ("2026-08-16T22:00", "2026-08-31T00:00", ZoneInfo("UTC"), [2.0, 168.0, 168.0]),
    ],
)
def test_given_a_span_when_its_hours_are_counted_then_each_local_week_has_its_part(
    start: str, end: str, zone: ZoneInfo, hours: Sequence[float]
) -> None:
    assert [worked / HOUR for _, worked in span(start, end, zone).time_by_week(zone)] == hours


INSTANTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


SPANS = st.tuples(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20))).map(
    lambda pair: Span(pair[0], pair[0] + pair[1])
)


@given(SPANS, SPANS, st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe")]))
def test_given_any_two_spans_when_compared_then_overlap_is_mutual_and_weeks_add_up(
    one: Span, other: Span, zone: ZoneInfo
) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(one)
    assert one.gap(other) == other.gap(one)
    weeks = list(one.time_by_week(zone))
    assert sum((time for _, time in weeks), timedelta()) == one.end - one.start
    assert all(monday.astimezone(zone).weekday() == 0 for monday, _ in weeks)
    assert len({monday for monday, _ in weeks}) == len(weeks)
