"""Whom we text by ourselves, and how."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shift_sms_runtime.domain.front_desk import Contact


class Contacts(Protocol):
    """The Employees table."""

    def of(self, numbers: Sequence[str]) -> Mapping[str, Contact]:
        """What is on record of these people; nothing of those who are not."""
