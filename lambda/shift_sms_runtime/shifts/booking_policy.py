"""The booking policy: rest, hours, cut-offs, offer time and reminders."""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Limits:
    """What a business allows one person. Zero is no limit."""

    rest: timedelta = timedelta(0)
    hours_per_week: float = 0


@dataclass(frozen=True)
class BookingPolicy:
    """What a business has settled. Zero is no limit."""

    limits: Limits = field(default_factory=Limits)
    drop_cutoff: timedelta = timedelta(hours=12)
    """How long before its start a shift can still be given back by text."""
    offer_time: timedelta = timedelta(minutes=30)
    """How long a freed seat is kept for one person of the waiting list."""
    reminder: timedelta = timedelta(0)
    """How long before its start those who have a shift are reminded of it."""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """Where a shift is that names no zone."""
