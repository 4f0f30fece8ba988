"""Stores the bookings of employees in memory."""

from collections.abc import Sequence
from datetime import datetime

from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile


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
