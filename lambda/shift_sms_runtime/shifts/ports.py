"""Protocols of the tables and timers that shifts use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.messaging.ports import InvocationDeadline
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift


class Shifts(Protocol):
    """The Shifts table."""

    def get(self, shift_id: str) -> Shift | None:
        """Returns a shift as it is now; None if there is no such shift."""

    def save(self, shift: Shift) -> None:
        """Writes a changed shift.

        Raises:
            ChangedMeanwhile: the item has changed since it was read.
        """

    def write_attributes(self, shift: Shift, attributes: Mapping[str, object]) -> None:
        """Writes attributes that follow from a shift. None removes one.

        Raises:
            ChangedMeanwhile: the item has changed since it was read.
        """


class EmployeeBookingsStore(Protocol):
    """The EmployeeBookings table."""

    def of(self, numbers: Sequence[str]) -> Mapping[str, EmployeeBookings]:
        """Returns the bookings of each phone number."""

    def replace(
        self, number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
    ) -> None:
        """Replaces the bookings of an employee.

        Raises:
            ChangedMeanwhile: the bookings no longer equal `before`.
        """


class HolderBookings(Protocol):
    """The Shifts table and the EmployeeBookings table together."""

    def add(
        self,
        shift: Shift,
        *,
        before: Mapping[str, EmployeeBookings],
        after: Mapping[str, EmployeeBookings],
        now: datetime,
    ) -> None:
        """Writes a changed shift and the bookings of holders whom an operator wrote by hand, all or nothing.

        Args:
            shift: the shift.
            before: the bookings as they were read, by phone number; at most `MAX_ADDED_HOLDERS`.
            after: the bookings to write.
            now: the time.

        Raises:
            ChangedMeanwhile: the shift or the bookings have changed since they were read.
        """


MAX_ADDED_HOLDERS = 50
"""The holders whose bookings one transaction adds. It has at most 100 actions. Source: DynamoDB quotas."""


class ShiftTimers(Protocol):
    """One-time schedules, at most one per shift."""

    def set(self, shift_id: str, at: datetime) -> None:
        """Schedules the next reconciliation of a shift. Replaces an earlier schedule."""

    def clear(self, shift_id: str) -> None:
        """Removes the schedule of a shift, if it has one."""


class InboxReconciliation(Protocol):
    """Tells managers of the operator inbox when their quiet hours end."""

    def reconcile(self, deadline: InvocationDeadline) -> None:
        """Queues the notices that are due, and sets the timer of the others."""


class ChangedMeanwhile(Exception):
    """An item has changed since it was read, so nothing was written."""
