"""A row of the Employees table with everything that operators see and change of it."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from shift_sms_runtime.records import record


@record
class EmployeeRow:
    """A row of the Employees table. A text attribute that is missing is empty."""

    phone_number: str
    name: str = ""
    language: str = ""
    roles: tuple[str, ...] = ()
    """As the operator wrote them."""
    hired_at: str = ""
    timezone: str = ""
    sites: tuple[str, ...] = ()
    """As the operator wrote them."""
    notices: tuple[str, ...] = ()
    """The notices that a manager receives. Empty for all."""
    on_roster: bool = True
    """False for a row that only records an opt-out, and while the employee is being removed."""
    opted_out: bool = False
    opt_changed_at: str = ""
    opt_changed_by: str = ""
    removed_at: str = ""
    """When an operator began to remove the employee. Empty once the removal is complete."""
    stored_row: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The row as it was read, to detect changes when it is written."""
