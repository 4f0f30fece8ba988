"""What services need of the Employees table."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.employees.employee import Employee


class Contacts(Protocol):
    """The Employees table."""

    def of(self, numbers: Sequence[str]) -> Mapping[str, Employee]:
        """What is on record of these people; nothing of those who are not."""


class OptOuts(Protocol):
    """Who wants no texts, on the Employees table."""

    def opted_out(self, numbers: Sequence[str]) -> Collection[str]:
        """Those of the numbers, at most 100, that have opted out."""

    def refused(self, number: str, *, now: datetime) -> None:
        """The service says that this number has opted out."""
