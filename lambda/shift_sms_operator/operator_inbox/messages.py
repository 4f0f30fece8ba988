"""An item of the operator inbox as an operator reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus


@dataclass(frozen=True)
class InboxMessage:
    """An item of the OperatorInbox table, with its attribute names. An attribute that is missing is empty."""

    message_id: str
    phone_number: str = ""
    name: str = ""
    """The employee's name in the Employees table, which the item does not have."""
    reply_from: str = ""
    received_at: str = ""
    message_status: str = ""
    urgent: bool = False
    text: str = ""
    reply: str = ""
    replied_at: str = ""
    reply_error: str = ""
    closed_at: str = ""
    follow_up_to: str = ""
    """The item that a follow-up follows. A follow-up has no `text`."""
    follow_ups: tuple[str, ...] = ()
    """The ids of the follow-ups of the item."""

    @classmethod
    def read(cls, row: Mapping[str, Any], name: str = "") -> "InboxMessage":
        """Reads an item, also one that was written by hand."""
        texts: dict[str, Any] = {
            field.name: str(row[field.name]) for field in fields(cls) if field.name in row
        }
        typed = {
            "name": name,
            "urgent": bool(row.get("urgent")),
            "follow_ups": tuple(map(str, row.get("follow_ups", ()))),
        }
        return cls(**{**texts, **typed})

    @property
    def waits(self) -> bool:
        """Whether no operator has replied to the text or closed it."""
        return self.message_status == InboxStatus.OPEN and not self.reply.strip()

    @property
    def sender(self) -> str:
        """The employee, by name if there is one."""
        return f"{self.name}, {self.phone_number}" if self.name else self.phone_number


@dataclass(frozen=True)
class Answer:
    """A text to an employee, as it would be sent."""

    message: InboxMessage
    """What it answers or follows."""
    body: str
    substituted: bool
    """Whether characters outside the GSM alphabet were replaced by similar ones."""


@dataclass(frozen=True)
class InboxChange:
    """The result of an operation. `changed` is False if an earlier call has done the same."""

    message: InboxMessage
    changed: bool
