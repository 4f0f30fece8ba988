"""Keeps the segment of managers as the Employees table has them."""

from typing import Protocol

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.managers import MANAGERS, is_manager


class MembersOfSegment(Protocol):
    """Writes the members of segments."""

    def join(self, segment: str, number: str) -> None:
        """Adds a number. Does nothing if it is a member."""

    def leave(self, segment: str, number: str) -> None:
        """Removes a number. Does nothing if it is no member."""


class ManagerIndex:
    """Follows the changes of employees."""

    def __init__(self, members: MembersOfSegment) -> None:
        self._members = members

    def handle(self, before: Employee | None, after: Employee | None) -> None:
        """Handles a change of one employee. None for no row.

        Every change of a manager adds them: the row may be older than the segment. Notices check the role again, so a
        member who is no manager any longer receives none.
        """
        if after is not None and is_manager(after):
            self._members.join(MANAGERS, after.phone_number)
        elif before is not None and is_manager(before):
            self._members.leave(MANAGERS, before.phone_number)
