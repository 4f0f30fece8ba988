"""Stores employees in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shift_sms_runtime.employees.employee import MESSAGING_SERVICE, Employee


@dataclass
class EmployeeRow:
    """A row of the Employees table."""

    opted_out: bool = False
    only_opt_out: bool = False
    changed_at: datetime | None = None
    changed_by: str = ""
    language: str = ""
    roles: frozenset[str] = frozenset()
    hired_at: str = ""
    timezone: str = ""
    name: str = ""
    sites: frozenset[str] = frozenset()
    notices: frozenset[str] | None = None


class MemoryEmployees:
    """Implements `Employees` in memory."""

    def __init__(self, numbers: Collection[str] = ()) -> None:
        self.rows = {number: EmployeeRow() for number in numbers}

    def of(self, numbers: Sequence[str]) -> dict[str, Employee]:
        return {number: _employee(number, self.rows[number]) for number in numbers if number in self.rows}

    def opted_out_numbers(self) -> set[str]:
        """Returns all numbers that have opted out."""
        return {number for number, row in self.rows.items() if row.opted_out}

    def record_refusal(self, number: str, *, now: datetime) -> None:
        row = self.rows.get(number)
        if row is not None and not row.opted_out:
            row.opted_out, row.changed_at, row.changed_by = True, now, MESSAGING_SERVICE

    def opt_out(self, number: str, changed_by: str, *, at: datetime, on_roster: bool) -> bool:
        if on_roster and number not in self.rows:
            return False
        row = self.rows.get(number, EmployeeRow())
        if row.changed_at is not None and row.changed_at > at:
            return False
        if row.opted_out and row.changed_by not in (changed_by, MESSAGING_SERVICE):
            row.changed_at = at
            return False
        only_opt_out = row.only_opt_out or not on_roster
        self.rows[number] = replace(
            row, opted_out=True, only_opt_out=only_opt_out, changed_at=at, changed_by=changed_by
        )
        return True

    def opt_in(self, number: str, message_id: str, *, at: datetime) -> bool:
        row = self.rows.get(number)
        if row is None or (row.changed_at is not None and row.changed_at > at):
            return False
        self.rows[number] = replace(row, opted_out=False, changed_at=at, changed_by=message_id)
        return True

    def clear_refusal(self, number: str, message_id: str, *, at: datetime) -> None:
        row = self.rows.get(number)
        if row is not None and row.changed_by == MESSAGING_SERVICE:
            self.opt_in(number, message_id, at=at)


def _employee(number: str, row: EmployeeRow) -> Employee:
    return Employee(
        number,
        not row.only_opt_out,
        row.language,
        row.roles,
        row.hired_at,
        row.timezone,
        row.sites,
        row.notices,
        row.name,
        opted_out=row.opted_out,
        opt_changed_by=row.changed_by or None,
    )
