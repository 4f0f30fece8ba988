"""Finds the employees who may receive offers, cancellation notices and reminders."""

from collections.abc import Iterable, Mapping

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.ports import Employees

MAX_NUMBER_LENGTH = 64
"""A longer value is not a phone number, and could exceed the size of a key.

An operator can write one by hand.
"""


class Recipients:
    """Finds the employees who are approved and have not opted out."""

    def __init__(self, employees: Employees, approved_numbers: frozenset[str]) -> None:
        """Creates a finder.

        Args:
            employees: the employees.
            approved_numbers: the numbers that are approved without being on the roster.
        """
        self._employees = employees
        self._approved_numbers = approved_numbers

    def among(self, numbers: Iterable[str]) -> Mapping[str, Employee]:
        """Returns those employees who may be texted, by phone number."""
        readable = [number for number in dict.fromkeys(numbers) if len(number) <= MAX_NUMBER_LENGTH]
        known = self._employees.of(readable) if readable else {}
        employees = {number: known.get(number, Employee(number, on_roster=False)) for number in readable}
        return {number: employee for number, employee in employees.items() if self._may_text(employee)}

    def _may_text(self, employee: Employee) -> bool:
        approved = employee.on_roster or employee.phone_number in self._approved_numbers
        return approved and not employee.opted_out
