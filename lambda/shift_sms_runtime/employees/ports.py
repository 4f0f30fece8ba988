"""Protocol of the Employees table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.employees.employee import Employee


class Employees(Protocol):
    """The Employees table."""

    def of(self, numbers: Sequence[str]) -> Mapping[str, Employee]:
        """Returns the employees with these phone numbers. The result omits numbers without a row."""

    def record_refusal(self, number: str, *, now: datetime) -> None:
        """Records that the messaging service refused a text because the number has opted out."""

    def opt_out(self, number: str, changed_by: str, *, at: datetime, on_roster: bool) -> bool:
        """Records that a number has opted out.

        Args:
            number: the phone number.
            changed_by: the id of the inbound text that says STOP, or `MESSAGING_SERVICE`.
            at: when the text was sent. Of two changes, the one that was sent later applies.
            on_roster: whether the number belongs to an employee. If not, the row records only the opt-out.

        Returns:
            False if the opt-out was already recorded, or if a later change was.
        """

    def opt_in(self, number: str, message_id: str, *, at: datetime) -> bool:
        """Records that a number has opted in again; see `opt_out`.

        Returns:
            False if the number has no row, or if a later change was recorded.
        """

    def clear_refusal(self, number: str, message_id: str, *, at: datetime) -> None:
        """Ends an opt-out by `MESSAGING_SERVICE`.

        The service sends texts to the number again.
        """
