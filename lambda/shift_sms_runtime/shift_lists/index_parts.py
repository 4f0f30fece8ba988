"""The parts of the index of open shifts that a list reads.

The index is in the order of the starts. A list of some days begins to read where these days begin. Days are local, so
where they begin depends on the time zone of each shift: most shifts have the zone of the setting, and the days of a
shift with its own `timezone` may begin up to 26 hours earlier or later.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from shift_sms_runtime.language.intents import DaysWanted
from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.list_filter import wanted_dates
from shift_sms_runtime.shifts.shift_item import listed_from

_OFFSETS = tuple(timedelta(minutes=minutes) for minutes in range(-12 * 60, 14 * 60 + 1, 15))
"""The offsets from UTC of all time zones.

Source: the tz database, which has no others today.
"""

_CLOCK_CHANGE = timedelta(hours=2)
"""By how much the offset of a zone may differ between the text and the days that it means."""


@record
class IndexPart:
    """A part of the index: the positions after one and before another."""

    after: str = ""
    before: str | None = None
    """None if the part reaches to the end of the index."""
    own_zone_only: bool = False
    """Whether only shifts with their own `timezone` may match."""


def index_parts(days: DaysWanted | None, asked_at: datetime, zone: ZoneInfo) -> Sequence[IndexPart]:
    """Returns the parts with every shift that begins on these days, in index order.

    Args:
        days: The days; None for the whole index.
        asked_at: When the employee asked.
        zone: The time zone of shifts without `timezone`.
    """
    if days is None:
        return [IndexPart()]
    first, last = wanted_dates(days, asked_at.astimezone(zone).date())
    start, end = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    around = [
        part
        for low, high in _merged(_days_with(offset, days, asked_at) for offset in _OFFSETS)
        for part in ((low, min(high, start)), (max(low, end), high))
        if part[0] < part[1]
    ]
    parts = [(start, end, False), *((low, high, True) for low, high in around)]
    return [IndexPart(listed_from(low), listed_from(high), own) for low, high, own in sorted(parts)]


def _days_with(offset: timedelta, days: DaysWanted, asked_at: datetime) -> tuple[datetime, datetime]:
    """Returns the time of the days in zones that have an offset when the employee asks."""
    first, last = wanted_dates(days, (asked_at.astimezone(UTC) + offset).date())
    start, end = _midnight(first, UTC) - offset, _midnight(last + timedelta(days=1), UTC) - offset
    return start - _CLOCK_CHANGE, end + _CLOCK_CHANGE


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Yields the times that the spans cover, in order."""
    low: datetime | None = None
    high: datetime | None = None
    for start, end in sorted(spans):
        if low is None or high is None:
            low, high = start, end
        elif start > high:
            yield low, high
            low, high = start, end
        else:
            high = max(high, end)
    if low is not None and high is not None:
        yield low, high


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
