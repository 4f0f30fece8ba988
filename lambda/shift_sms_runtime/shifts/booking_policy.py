"""The booking policy: rest, hours, cut-offs, offer time and reminders."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class BookingPolicy:
    """What bookings must comply with. Fields are named like the settings; hours may be fractions."""

    timezone: str = "UTC"
    """IANA name. Applies to times without an offset, and to days and weeks, where a shift has no `timezone`."""
    minimum_rest_hours: float = 0
    """Between two shifts of one employee; 0 is no minimum."""
    hours_per_week: float = 0
    """The most that one employee may book in a week from Monday to Sunday; 0 is no limit."""
    drop_cutoff_hours: float = 12
    """How long before its start a shift can be given back by text for the last time."""
    offer_minutes: int = 30
    """How long a seat is held for the next employee on the waiting list."""
    reminder_hours: float = 24
    """How long before its start employees are reminded of a shift; 0 is no reminder."""

    @property
    def zone(self) -> ZoneInfo:
        """`timezone`."""
        return ZoneInfo(self.timezone)

    @property
    def rest(self) -> timedelta:
        """`minimum_rest_hours`."""
        return timedelta(hours=self.minimum_rest_hours)

    @property
    def drop_cutoff(self) -> timedelta:
        """`drop_cutoff_hours`."""
        return timedelta(hours=self.drop_cutoff_hours)

    @property
    def offer_time(self) -> timedelta:
        """`offer_minutes`."""
        return timedelta(minutes=self.offer_minutes)

    @property
    def reminder(self) -> timedelta:
        """`reminder_hours`."""
        return timedelta(hours=self.reminder_hours)
