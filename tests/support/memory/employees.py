"""Keeps employees in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
    """The Employees table in memory."""

    def __init__(self, numbers: Collection[str] = ()) -> None:
        self.rows = {number: EmployeeRow() for number in numbers}

    def of(self, numbers: Sequence[str]) -> dict[str, Employee]:
        rows = {number: self.rows[number] for number in numbers if number in self.rows}
        return {
            number: Employee(row.language, row.opted_out, not row.only_opt_out)
            for number, row in rows.items()
        }

    def wanting_no_texts(self) -> set[str]:
        return {number for number, row in self.rows.items() if row.opted_out}

    def opted_out(self, numbers: Sequence[str]) -> Collection[str]:
        assert len(numbers) == len(set(numbers)) <= 100
        return self.wanting_no_texts() & set(numbers)

    def refused(self, number: str, *, now: datetime) -> None:
        row = self.rows.get(number)
        if row is not None and not row.opted_out:
            row.opted_out, row.changed_at, row.changed_by = True, now, BY_THE_SERVICE
