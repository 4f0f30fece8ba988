"""What shifts need of their tables and timers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift


class Shifts(Protocol):
    """The Shifts table."""

    def get(self, shift_id: str) -> Shift | None:
        """Returns a shift in its current state; None if there is none."""

    def save(self, shift: Shift) -> None:
        """Writes a changed shift.

        Raises:
            ChangedMeanwhile: the item is no longer as it was read.
        """


class BookingsOfEmployees(Protocol):
    """The EmployeeBookings table."""

    def of(self, numbers: Sequence[str]) -> Mapping[str, EmployeeBookings]:
        """Returns the bookings of each phone number."""

    def replace(
        self, number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
    ) -> None:
        """Replaces the bookings of an employee.

        Raises:
            ChangedMeanwhile: they are no longer `before`.
        """


class ShiftTimers(Protocol):
    """One-time schedules, at most one per shift."""

    def set(self, shift_id: str, at: datetime) -> None:
        """Schedules the next reconciliation of a shift, in place of an earlier schedule."""

    def clear(self, shift_id: str) -> None:
        """Removes the schedule of a shift, if it has one."""


class ChangedMeanwhile(Exception):
    """Something is no longer as it was read; nothing was written."""
