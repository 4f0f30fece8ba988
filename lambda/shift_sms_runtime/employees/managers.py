"""Finds the employees who are managers, and decides which notices they receive."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.recipients import Recipients

MANAGER = "manager"
"""The role of an employee who receives notices, in lower case."""

RESERVED_SEGMENTS = "role#"
"""The beginning of the segments that the system maintains. No segment of an operator begins so."""

MANAGERS = f"{RESERVED_SEGMENTS}{MANAGER}"
"""The segment of all managers. `index_managers` keeps it as the Employees table has them."""

MOST_MANAGERS = 200
"""The managers who are found, in the order of their phone numbers. So finding them takes at most three reads."""


class ManagerNotice(StrEnum):
    """The notices that a manager can receive, as operators write them in `notices`."""

    FILLED = "filled"
    """Employees have booked every seat. With a fill plan: it has ended so."""
    UNFILLED = "unfilled"
    """The shift starts in `unfilled_notice_hours` and has a free seat."""
    DROPPED = "dropped"
    """An employee gave a seat back."""
    SICK = "sick"
    """An employee reported sickness."""
    EXHAUSTED = "exhausted"
    """A fill plan ended without filling the shift."""
    INBOX = "inbox"
    """A text arrived in the operator inbox."""


class SegmentNumbers(Protocol):
    """The members of segments."""

    def page(self, segment: str, after: str, limit: int) -> tuple[Sequence[str], str | None]:
        """Returns up to `limit` numbers of a segment after a number, and after which the next page begins."""


def is_manager(employee: Employee) -> bool:
    """Returns whether an employee is a manager."""
    return employee.on_roster and MANAGER in employee.roles


def receives(employee: Employee, notice: ManagerNotice, site: str | None) -> bool:
    """Returns whether an employee is a manager who receives a notice.

    Args:
        employee: the employee.
        notice: the notice.
        site: the site that it is about; None if it is about no shift, and empty if the shift has no site.
    """
    wanted = employee.notices is None or notice in employee.notices
    in_charge = site is None or not employee.sites or site.casefold() in employee.sites
    return is_manager(employee) and wanted and in_charge


class Managers:
    """Finds the managers who may be texted."""

    def __init__(self, segments: SegmentNumbers, recipients: Recipients) -> None:
        """Creates a finder.

        Args:
            segments: the members of segments.
            recipients: the employees who may be texted.
        """
        self._segments = segments
        self._recipients = recipients

    def all(self) -> Sequence[Employee]:
        """Returns the managers, at most `MOST_MANAGERS`.

        Employees who have opted out are left out.
        """
        numbers, _ = self._segments.page(MANAGERS, "", MOST_MANAGERS)
        return [one for one in self._recipients.among(numbers).values() if is_manager(one)]
