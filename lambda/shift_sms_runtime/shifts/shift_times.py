"""Reads the times of shifts, compares them, and adds up hours by local week.

Lengths are differences between UTC times, so clock changes do not distort them. Weeks are local to the shift.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from shift_sms_runtime.records import record

_SHORTEST_TIME = timedelta(microseconds=1)


@record
class Span:
    """The time from `start` to `end`, both in UTC. They are equal for a shift without an end."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        """Returns whether the spans share time. They do not if one ends when the other starts."""
        return self.start < other.overlap_end and other.start < self.overlap_end

    def gap(self, other: "Span") -> timedelta:
        """Returns the time between the spans; negative if they overlap."""
        return max(other.start - self.end, self.start - other.end)

    def time_by_week(self, zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
        """Yields each local week of the span: its start in UTC, and the length in it."""
        monday = _monday(self.start, zone)
        while monday < self.end:
            following = _next_monday(monday, zone)
            yield monday, min(self.end, following) - max(self.start, monday)
            monday = following

    @property
    def overlap_end(self) -> datetime:
        """The end, but at least a moment after the start: a shift without an end can overlap, too."""
        return max(self.end, self.start + _SHORTEST_TIME)


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """Reads an ISO 8601 time and returns it in UTC.

    Without an offset, it is a local time in `zone`.

    If a local time occurs twice because clocks go back, the first is meant.

    Raises:
        ValueError: `text` is not an ISO 8601 date with a time.
    """
    text = text.strip()
    if "T" not in text.upper() and " " not in text:
        raise ValueError(f"{text!r} has no time of day: write a time like 2026-08-15T22:00:00+02:00")
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=zone)
    return time.astimezone(UTC)


def _monday(instant: datetime, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    return _midnight(local - timedelta(days=local.weekday()), zone)


def _next_monday(monday: datetime, zone: ZoneInfo) -> datetime:
    return _midnight(monday.astimezone(zone) + timedelta(days=7), zone)


def _midnight(local: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(local.date(), time_of_day(), tzinfo=zone).astimezone(UTC)
