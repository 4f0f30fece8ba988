"""When a shift is: instants from what an operator wrote, and how they lie in local weeks.

Lengths are differences of instants, so they hold when clocks change; days and weeks are those of the shift's own zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Span:
    """From one instant to another, both in UTC. A shift whose end nobody wrote down is the instant it starts at."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether somebody would have to be at both at once; from the end of one to the start of the next is not."""
        return self.start < other.over and other.start < self.over

    def gap(self, other: "Span") -> timedelta:
        """The time between the two; negative when they overlap."""
        return max(other.start - self.end, self.start - other.end)

    def time_by_week(self, zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
        """The Monday midnight, in UTC, of each local week that the span touches, and its length in that week."""
        monday = _monday(self.start, zone)
        while monday < self.end:
            following = _next_monday(monday, zone)
            yield monday, min(self.end, following) - max(self.start, monday)
            monday = following

    @property
    def over(self) -> datetime:
        """The end, or the moment after the start of a shift that has none."""
        return max(self.end, self.start + _AN_INSTANT)


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 time as an instant in UTC; where it names no offset, it is a local time of ``zone``.

    A local time that comes twice, when clocks go back, is the first of the two.

    Raises:
        ValueError: it is no ISO 8601 date with a time.
    """
    text = text.strip()
    if "T" not in text.upper() and " " not in text:
        raise ValueError("a time is missing")
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        read = read.replace(tzinfo=zone)
    return read.astimezone(UTC)


def _monday(instant: datetime, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    return _midnight(local - timedelta(days=local.weekday()), zone)


def _next_monday(monday: datetime, zone: ZoneInfo) -> datetime:
    return _midnight(monday.astimezone(zone) + timedelta(days=7), zone)


def _midnight(local: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(local.date(), time(), tzinfo=zone).astimezone(UTC)
