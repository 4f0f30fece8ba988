"""Times of shifts: instants from what an operator wrote, and their shares of local weeks.

Lengths are differences of instants, so they are right when clocks change. Weeks are those of the shift's time zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Span:
    """From one instant to another, both in UTC. Without an end, a shift is the instant at which it starts."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share time. One that ends when the other starts shares none."""
        return self.start < other.over and other.start < self.over

    def gap(self, other: "Span") -> timedelta:
        """Returns the time between the two; negative if they overlap."""
        return max(other.start - self.end, self.start - other.end)

    def time_by_week(self, zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
        """Returns each local week that the span touches, as the UTC instant it begins, and the length in that week."""
        monday = _monday(self.start, zone)
        while monday < self.end:
            following = _next_monday(monday, zone)
            yield monday, min(self.end, following) - max(self.start, monday)
            monday = following

    @property
    def over(self) -> datetime:
        """The end; an instant after the start for a span without length."""
        return max(self.end, self.start + _INSTANT)


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """Reads an ISO 8601 time as an instant in UTC. Without an offset it is a local time of `zone`.

    A local time that occurs twice, when clocks go back, is the first of the two.

    Raises:
        ValueError: `text` is not an ISO 8601 date with a time.
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
