"""Stores the bookings of employees in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from tests.support.memory.shifts import MemoryShifts


class MemoryEmployeeBookings:
    """Implements `EmployeeBookingsStore` in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, EmployeeBookings] = {}

    def get(self, number: str) -> EmployeeBookings:
        """Returns the bookings of one phone number."""
        return self.rows.get(number, EmployeeBookings())

    def of(self, numbers: Sequence[str]) -> dict[str, EmployeeBookings]:
        return {number: self.get(number) for number in numbers}

    def replace(
        self, number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
    ) -> None:
        if self.get(number) != before:
            raise ChangedMeanwhile
        self.rows[number] = after


class MemoryHolderBookings:
    """Implements `HolderBookings` in memory."""

    def __init__(self, shifts: MemoryShifts, bookings: MemoryEmployeeBookings) -> None:
        self._shifts = shifts
        self._bookings = bookings

    def add(
        self,
        shift: Shift,
        *,
        before: Mapping[str, EmployeeBookings],
        after: Mapping[str, EmployeeBookings],
        now: datetime,
    ) -> None:
        self._shifts.check(shift)
        if any(self._bookings.get(number) != bookings for number, bookings in before.items()):
            raise ChangedMeanwhile
        self._shifts.store(shift)
        self._bookings.rows.update(after)
