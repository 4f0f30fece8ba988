"""Finds conflicts between a shift and bookings: overlap, rest and weekly hours."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shift_sms_runtime.bookings.weekly_hours import shifts_filling_week
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift_times import Span


class ConflictKind(StrEnum):
    """The rule that a booking would break."""

    OVERLAP = "overlap"
    REST = "rest"
    HOURS = "hours"


@record
class Conflict:
    """The rule that a booking would break, and the ids of the conflicting booked shifts."""

    kind: ConflictKind
    shift_ids: tuple[str, ...]


def find_conflict(
    shift_id: str, span: Span | None, zone: ZoneInfo, *, bookings: EmployeeBookings, policy: BookingPolicy
) -> Conflict | None:
    """Returns the first rule that booking a shift would break; None if it breaks none.

    Args:
        shift_id: the shift. A booking of the same shift does not conflict.
        span: the times of the shift. A shift without times has no conflicts.
        zone: the time zone of the shift, which decides when a week begins.
        bookings: the employee's bookings.
        policy: the minimum rest and the maximum hours per week.
    """
    if span is None:
        return None
    others = {
        booked_id: booking.span
        for booked_id, booking in bookings.by_shift.items()
        if booked_id != shift_id and booking.span is not None
    }
    overlapping = _sorted(booked_id for booked_id, other in others.items() if span.overlaps(other))
    if overlapping:
        return Conflict(ConflictKind.OVERLAP, overlapping)
    too_close = _sorted(
        booked_id for booked_id, other in others.items() if span.gap(other) < policy.minimum_rest
    )
    if too_close:
        return Conflict(ConflictKind.REST, too_close)
    if policy.hours_per_week:
        filling = shifts_filling_week(span, others, zone, timedelta(hours=policy.hours_per_week))
        if filling is not None:
            return Conflict(ConflictKind.HOURS, filling)
    return None


def _sorted(shift_ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(shift_ids))
