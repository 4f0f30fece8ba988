"""The bookings of one employee."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shift_sms_runtime.shifts.shift_times import Span

_KEPT_WITHOUT_TIMES = timedelta(days=30)
"""How long a booking of a shift without times counts."""

_KEPT_AFTER_END = timedelta(days=8)
"""How long a booking counts after its shift ends. Weekly hours need a week, and time zones a day more."""


@dataclass(frozen=True)
class Booking:
    """A shift in which an employee has a seat."""

    shift_id: str
    span: Span | None
    """None if the shift has no times."""
    booked_at: datetime
    campaign_id: str | None = None
    """The campaign that texted the employee last before the booking."""
    reply_ids: tuple[str, ...] = ()
    """The inbound texts whose replies tell the employee about the booking: the one that made it, and later ones.

    If none of the replies can arrive, the booking is undone. Empty if an operator made the booking.
    """

    def expired(self, now: datetime) -> bool:
        """Returns whether no rule needs the booking any longer."""
        if self.span is None:
            return self.booked_at + _KEPT_WITHOUT_TIMES < now
        return self.span.end + _KEPT_AFTER_END < now


@dataclass(frozen=True)
class EmployeeBookings:
    """The bookings of one employee."""

    by_shift: Mapping[str, Booking] = field(default_factory=dict)

    def with_booking(self, booking: Booking) -> "EmployeeBookings":
        """Returns the bookings with one of them added or replaced."""
        return replace(self, by_shift={**self.by_shift, booking.shift_id: booking})

    def without(self, *shift_ids: str) -> "EmployeeBookings":
        """Returns the bookings without the given shifts."""
        kept = {key: booking for key, booking in self.by_shift.items() if key not in shift_ids}
        return replace(self, by_shift=kept)

    def current(self, now: datetime) -> "EmployeeBookings":
        """Returns the bookings that have not expired."""
        return self.without(*(key for key, booking in self.by_shift.items() if booking.expired(now)))
