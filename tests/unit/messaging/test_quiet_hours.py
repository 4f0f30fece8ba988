"""Tests quiet hours in time zones whose clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.messaging.quiet_hours import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)

CLOCK_CHANGES = {
    "Europe/Berlin": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "America/New_York": ("2026-03-08T07:00", "2026-11-01T06:00"),
    "America/St_Johns": ("2011-03-13T03:31", "2011-11-06T02:31"),
    "America/Nuuk": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "Australia/Lord_Howe": ("2026-04-04T15:00", "2026-10-03T15:30"),
    "Antarctica/Troll": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "Pacific/Apia": ("2011-12-30T10:00", "2012-03-31T14:00"),
}
"""When clocks change, in UTC. Apia skipped a day."""

times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))


@st.composite
def moments(draw: st.DrawFn) -> tuple[datetime, ZoneInfo]:
    """Returns a moment within 30 hours of a change of the clocks, and the time zone."""
    name = draw(st.sampled_from(sorted(CLOCK_CHANGES)))
    change = datetime.fromisoformat(draw(st.sampled_from(CLOCK_CHANGES[name]))).replace(tzinfo=UTC)
    return change + draw(st.integers(-1800, 1800)) * MINUTE, ZoneInfo(name)


@given(moments(), times, times)
def test_given_changing_clocks_when_quiet_hours_end_then_at_the_first_loud_minute(
    moment: tuple[datetime, ZoneInfo], begins: time, ends: time
) -> None:
    at, zone = moment
    quiet_hours = QuietHours(begins, ends)
    end = quiet_hours.end(at, zone)
    assert not quiet_hours.is_quiet(end, zone)
    assert (end == at) is not quiet_hours.is_quiet(at, zone)
    minutes = int((end - at) / MINUTE)
    assert end == at + minutes * MINUTE
    assert all(quiet_hours.is_quiet(at + minute * MINUTE, zone) for minute in range(minutes))


@given(moments(), times, times)
def test_given_changing_clocks_when_it_is_quiet_then_the_wall_clock_says_so(
    moment: tuple[datetime, ZoneInfo], begins: time, ends: time
) -> None:
    at, zone = moment
    minute, first, last = (one.hour * 60 + one.minute for one in (at.astimezone(zone).time(), begins, ends))
    expected = (minute - first) % 1440 < (last - first) % 1440
    assert QuietHours(begins, ends).is_quiet(at, zone) is expected


@given(moments(), times, times, st.timedeltas(timedelta(), timedelta(hours=40)))
def test_given_two_moments_when_quiet_hours_end_then_they_keep_their_order(
    moment: tuple[datetime, ZoneInfo], begins: time, ends: time, later: timedelta
) -> None:
    at, zone = moment
    quiet_hours = QuietHours(begins, ends)
    first, second = quiet_hours.end(at, zone), quiet_hours.end(at + later, zone)
    assert first <= second
    assert quiet_hours.end(first, zone) == first, "the end of quiet hours is not quiet"


@pytest.mark.parametrize(
    ("hours", "at", "end"),
    [
        ("21:00-08:00", "2026-11-28T20:59:59+01:00", "2026-11-28T20:59:59+01:00"),
        ("21:00-08:00", "2026-11-28T21:00:00+01:00", "2026-11-29T08:00:00+01:00"),
        ("21:00-08:00", "2026-11-29T07:59:59+01:00", "2026-11-29T08:00:00+01:00"),
        ("21:00-08:00", "2026-11-29T08:00:00+01:00", "2026-11-29T08:00:00+01:00"),
        ("12:00-14:00", "2026-11-29T13:00:00+01:00", "2026-11-29T14:00:00+01:00"),
        ("21:00-08:00", "2026-03-28T22:00:00+01:00", "2026-03-29T08:00:00+02:00"),
        ("21:00-02:30", "2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"),
        ("21:00-08:00", "2026-10-24T22:00:00+02:00", "2026-10-25T08:00:00+01:00"),
        ("21:00-02:30", "2026-10-25T01:00:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("21:00-02:30", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+01:00"),
        ("02:30-06:00", "2026-10-25T02:45:00+02:00", "2026-10-25T02:00:00+01:00"),
        ("", "2026-11-28T23:00:00+01:00", "2026-11-28T23:00:00+01:00"),
    ],
)
def test_given_berlin_when_quiet_hours_end_then_at_this_time(hours: str, at: str, end: str) -> None:
    assert QuietHours.parse(hours).end(datetime.fromisoformat(at), BERLIN) == datetime.fromisoformat(end)


@given(times, times)
def test_given_quiet_hours_when_written_then_they_are_read_again(begins: time, ends: time) -> None:
    quiet_hours = QuietHours(begins, ends)
    read = QuietHours.parse(str(quiet_hours))
    assert read == quiet_hours if begins != ends else not read


@pytest.mark.parametrize(
    "text", ["21:00", "21-8", "9:00-17:00", "24:00-08:00", "21:60-08:00", " ", "21:00-08:00 "]
)
def test_given_another_text_when_read_then_it_is_an_error(text: str) -> None:
    with pytest.raises(
        ValueError, match=f"^'{text}' is not a valid value for quiet hours: write it as 21:00-"
    ):
        QuietHours.parse(text)


def test_given_an_end_at_the_begin_when_read_then_it_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^'08:00-08:00': quiet hours begin and end at the same time"):
        QuietHours.parse("08:00-08:00")
