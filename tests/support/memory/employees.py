"""Keeps employees in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shift_sms_runtime.employees.employee import BY_THE_SERVICE, Employee


@dataclass
class EmployeeRow:
    """A row of the Employees table."""

    opted_out: bool = False
    only_opt_out: bool = False
    changed_at: datetime | None = None
    changed_by: str = ""
    language: str = ""
    roles: frozenset[str] = frozenset()


class MemoryEmployees:
    """Implements `Employees` in memory."""

    def __init__(self, numbers: Collection[str] = ()) -> None:
        self.rows = {number: EmployeeRow() for number in numbers}

    def of(self, numbers: Sequence[str]) -> dict[str, Employee]:
        return {number: _employee(number, self.rows[number]) for number in numbers if number in self.rows}

    def wanting_no_texts(self) -> set[str]:
        return {number for number, row in self.rows.items() if row.opted_out}

    def opted_out(self, numbers: Sequence[str]) -> Collection[str]:
        assert len(numbers) == len(set(numbers)) <= 100
        return self.wanting_no_texts() & set(numbers)

    def refused(self, number: str, *, now: datetime) -> None:
        row = self.rows.get(number)
        if row is not None and not row.opted_out:
            row.opted_out, row.changed_at, row.changed_by = True, now, BY_THE_SERVICE

    def opt_out(self, number: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        if on_roster and number not in self.rows:
            return False
        row = self.rows.get(number, EmployeeRow())
        if row.changed_at is not None and row.changed_at > at:
            return False
        if row.opted_out and row.changed_by not in (message_id, BY_THE_SERVICE):
            row.changed_at = at
            return False
        only_opt_out = row.only_opt_out or not on_roster
        self.rows[number] = replace(
            row, opted_out=True, only_opt_out=only_opt_out, changed_at=at, changed_by=message_id
        )
        return True

    def opt_in(self, number: str, message_id: str, *, at: datetime) -> bool:
        row = self.rows.get(number)
        if row is None or (row.changed_at is not None and row.changed_at > at):
            return False
        self.rows[number] = replace(row, opted_out=False, changed_at=at, changed_by=message_id)
        return True

    def let_through(self, number: str, message_id: str, *, at: datetime) -> None:
        row = self.rows.get(number)
        if row is not None and row.changed_by == BY_THE_SERVICE:
            self.opt_in(number, message_id, at=at)


def _employee(number: str, row: EmployeeRow) -> Employee:
    return Employee(
        number, not row.only_opt_out, row.language, row.roles, row.opted_out, row.changed_by or None
    )
