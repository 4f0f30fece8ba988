"""What one employee has booked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shift_sms_runtime.shifts.booking_policy import Limits
from shift_sms_runtime.shifts.conflicts import Conflict, ConflictKind
from shift_sms_runtime.shifts.shift_times import Span

_NONE = timedelta()


_KEPT = timedelta(days=30)
"""A booking whose time nobody wrote down is forgotten after this."""


@dataclass(frozen=True)
class Booking:
    """One shift that a person has. ``span`` is None where the shift has no times."""

    shift_id: str
    span: Span | None
    booked_at: datetime
    campaign_id: str | None = None
    """The campaign that had texted the person last when they booked it."""

    def over(self, now: datetime) -> bool:
        """Whether it matters to nothing any more: a week has passed, as far as hours are counted."""
        if self.span is None:
            return self.booked_at + _KEPT < now
        return self.span.end + timedelta(days=8) < now


@dataclass(frozen=True)
class EmployeeBookings:
    """The bookings of one person by shift id."""

    bookings: Mapping[str, Booking] = field(default_factory=dict)

    def with_booking(self, booking: Booking) -> "EmployeeBookings":
        """The agenda with one booking more."""
        return replace(self, bookings={**self.bookings, booking.shift_id: booking})

    def without(self, *shift_ids: str) -> "EmployeeBookings":
        """The agenda without these."""
        return replace(
            self, bookings={key: one for key, one in self.bookings.items() if key not in shift_ids}
        )

    def current(self, now: datetime) -> "EmployeeBookings":
        """The agenda without what is over."""
        return self.without(*(key for key, one in self.bookings.items() if one.over(now)))

    def clash(self, shift_id: str, span: Span | None, zone: ZoneInfo, limits: Limits) -> Conflict | None:
        """Why a shift at ``span`` does not go with the others; None when it does."""
        if span is None:
            return None
        others = {
            key: one.span for key, one in self.bookings.items() if key != shift_id and one.span is not None
        }
        overlapping = _sorted(key for key, other in others.items() if span.overlaps(other))
        if overlapping:
            return Conflict(ConflictKind.OVERLAP, overlapping)
        too_close = _sorted(key for key, other in others.items() if span.gap(other) < limits.rest)
        if too_close:
            return Conflict(ConflictKind.REST, too_close)
        if limits.hours_per_week:
            for monday, length in span.time_by_week(zone):
                worked = {
                    key: sum((time for week, time in other.time_by_week(zone) if week == monday), _NONE)
                    for key, other in others.items()
                }
                if sum(worked.values(), length) > timedelta(hours=limits.hours_per_week):
                    return Conflict(ConflictKind.HOURS, _sorted(key for key, time in worked.items() if time))
        return None


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))
