"""The bookings of one employee, and what the employee waits for."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta

from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.shift_times import Span

_KEPT_WITHOUT_TIMES = timedelta(days=30)
"""How long a booking of a shift without times counts."""

_KEPT_AFTER_END = timedelta(days=8)
"""How long a booking counts after its shift ends.

Weekly hours need a week, and time zones a day more.
"""


MAX_WAITING = 40
"""The places on waiting lists that are known of one employee: as many as one reply reads."""


@record
class Booking:
    """A shift in which an employee has a seat."""

    shift_id: str
    span: Span | None
    """None if the shift has no times."""
    booked_at: datetime
    campaign_id: str | None = None
    """The campaign that texted the employee last before the booking."""
    reply_ids: tuple[str, ...] = ()
    """The inbound texts whose replies tell the employee about the booking.

    The first is the text that made it.

    If none of the replies can arrive, the booking is undone. Empty if an operator made the booking.
    """

    def expired(self, now: datetime) -> bool:
        """Returns whether no rule needs the booking any longer."""
        if self.span is None:
            return self.booked_at + _KEPT_WITHOUT_TIMES < now
        return self.span.end + _KEPT_AFTER_END < now


@record
class EmployeeBookings:
    """The bookings of one employee, and the shifts that the employee probably waits for."""

    by_shift: Mapping[str, Booking] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    """The ids of shifts that the employee waits for or is offered, in order of joining.

    Only the item of a shift tells whether that is still so. An offer that ends, a shift that closes and an edit by hand
    change no bookings.
    """
    sick: Mapping[str, Span] = field(default_factory=dict)
    """The times of shifts that the employee has given back because of sickness, by the id of the shift."""

    def with_booking(self, booking: Booking) -> "EmployeeBookings":
        """Returns the bookings with one of them added or replaced.

        The employee does not wait for this shift.
        """
        by_shift = {**self.by_shift, booking.shift_id: booking}
        sick = {key: span for key, span in self.sick.items() if key != booking.shift_id}
        return replace(self, by_shift=by_shift, sick=sick).without_waiting(booking.shift_id)

    def with_waiting(self, shift_id: str) -> "EmployeeBookings":
        """Returns the bookings of an employee who waits for a shift, too.

        The oldest places beyond the limit go.
        """
        known = self.waiting if shift_id in self.waiting else (*self.waiting, shift_id)
        return replace(self, waiting=known[-MAX_WAITING:])

    def without_waiting(self, *shift_ids: str) -> "EmployeeBookings":
        """Returns the bookings of an employee who does not wait for these shifts."""
        return replace(self, waiting=tuple(one for one in self.waiting if one not in shift_ids))

    def without_sick(self, shift_id: str, span: Span | None) -> "EmployeeBookings":
        """Returns the bookings without a shift that is given back because of sickness, and remembers its times."""
        sick = self.sick if span is None else {**self.sick, shift_id: span}
        return replace(self.without(shift_id), sick=sick)

    def is_sick_during(self, span: Span) -> bool:
        """Returns whether the employee reported sickness for a shift at the same time."""
        return any(span.overlaps(other) for other in self.sick.values())

    def without(self, *shift_ids: str) -> "EmployeeBookings":
        """Returns the bookings without the booked shifts that are given."""
        kept = {key: booking for key, booking in self.by_shift.items() if key not in shift_ids}
        return replace(self, by_shift=kept)

    def current(self, now: datetime) -> "EmployeeBookings":
        """Returns the bookings that have not expired, and the times of sickness that have not passed."""
        sick = {key: span for key, span in self.sick.items() if span.end >= now}
        expired = (key for key, booking in self.by_shift.items() if booking.expired(now))
        return replace(self.without(*expired), sick=sick)
