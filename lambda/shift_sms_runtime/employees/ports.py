"""What capabilities need of the Employees table."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.employees.employee import Employee


class Employees(Protocol):
    """The Employees table."""

    def of(self, numbers: Sequence[str]) -> Mapping[str, Employee]:
        """Returns the employees with these phone numbers. Numbers without a row are missing from the result."""

    def opted_out(self, numbers: Sequence[str]) -> Collection[str]:
        """Returns those of the numbers, at most 100, that have opted out."""

    def refused(self, number: str, *, now: datetime) -> None:
        """Records that the messaging service refused a text because the number has opted out."""

    def opt_out(self, number: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        """Records that a number has opted out.

        Args:
            number: the phone number.
            message_id: the inbound text that said so, or `BY_THE_SERVICE`.
            at: when it was sent. A change that was sent later wins.
            on_roster: whether the number belongs to an employee. If not, the row records the opt-out and nothing else.

        Returns:
            False if the opt-out was on record before, or a later text says otherwise.
        """

    def opt_in(self, number: str, message_id: str, *, at: datetime) -> bool:
        """Records that a number wants texts again; see `opt_out`.

        Returns:
            False if the number has no row, or a later text says otherwise.
        """

    def let_through(self, number: str, message_id: str, *, at: datetime) -> None:
        """Records that the messaging service delivers again to a number that only the service had refused."""
