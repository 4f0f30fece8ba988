"""Quiet hours: the time of day at which only replies are sent.

They are local to the recipient and follow the wall clock. So an hour that occurs twice because clocks go back is quiet
both times, and quiet hours that end in an hour that clocks skip end when the clocks change.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from shift_sms_runtime.records import record

_FORMAT = r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)"
_DAY = timedelta(days=1)
_SHORTEST = timedelta(microseconds=1)


@record
class QuietHours:
    """The quiet time of each day, from `begins` until before `ends`. There is none if they are equal."""

    begins: time = time()
    ends: time = time()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads quiet hours such as `21:00-08:00`; an empty text means none.

        Raises:
            ValueError: the text has another format, or begin and end are equal.
        """
        if not text:
            return cls()
        match = re.fullmatch(_FORMAT, text)
        if match is None:
            raise ValueError(
                f"{text!r} is not a valid value for quiet hours: write it as 21:00-08:00, or leave it empty"
            )
        hour, minute, end_hour, end_minute = map(int, match.groups())
        quiet_hours = cls(time(hour, minute), time(end_hour, end_minute))
        if not quiet_hours:
            raise ValueError(
                f"{text!r}: quiet hours begin and end at the same time; leave them empty for none"
            )
        return quiet_hours

    def __bool__(self) -> bool:
        """Whether there are quiet hours."""
        return self.begins != self.ends

    def __str__(self) -> str:
        """Returns the text that `parse` reads."""
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}" if self else ""

    def is_quiet(self, at: datetime, zone: ZoneInfo) -> bool:
        """Returns whether it is quiet in a time zone."""
        local = at.astimezone(zone).time()
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def end(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Returns the next instant that is not quiet, in UTC; `at` if it is not quiet then."""
        at = at.astimezone(UTC)
        while self.is_quiet(at, zone):
            local = at.astimezone(zone)
            end = datetime.combine(local.date(), self.ends)
            left = end - local.replace(tzinfo=None)
            after = at + (left if left > timedelta() else left + _DAY)
            # A change of the clocks may end quiet hours, or move their end.
            at = _next_clock_change(at, after, zone) or after
        return at


def _next_clock_change(after: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """Returns when clocks change within a day; None if they do not. Both times are in UTC."""
    offset = after.astimezone(zone).utcoffset()
    if until.astimezone(zone).utcoffset() == offset:
        return None
    while until - after > _SHORTEST:
        middle = after + (until - after) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            until = middle
    return until
