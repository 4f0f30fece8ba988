"""What shifts need of their tables and timers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift


class Shifts(Protocol):
    """The Shifts table."""

    def get(self, shift_id: str) -> Shift | None:
        """A shift as it is now."""

    def save(self, shift: Shift) -> None:
        """Write what has changed.

        Raises:
            ChangedMeanwhile: it is not any more as it was read.
        """


class BookingsOfEmployees(Protocol):
    """The Agendas table."""

    def of(self, numbers: Sequence[str]) -> Mapping[str, EmployeeBookings]:
        """The agendas of these people."""

    def replace(
        self, number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
    ) -> None:
        """Write an agenda.

        Raises:
            ChangedMeanwhile: it is not any more as it was read.
        """


class ShiftTimers(Protocol):
    """Calls at a time."""

    def set(self, shift_id: str, at: datetime) -> None:
        """Have the shift looked after at that time, and at no other that was set before."""

    def clear(self, shift_id: str) -> None:
        """Have it not looked after at any time that was set."""


class ChangedMeanwhile(Exception):
    """Something is not any more as it was read; nothing was written."""
