"""A text that a person has to read, and the operator's reply to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class InboxStatus(StrEnum):
    """`message_status` of an item of the OperatorInbox table."""

    OPEN = "open"
    """Without a reply, or the reply is on its way."""
    ANSWERED = "answered"
    NOT_ANSWERED = "not-answered"
    """The reply could not be sent; `message_error` says why."""


@dataclass(frozen=True)
class InboxItem:
    """An inbound text that is kept in the OperatorInbox table."""

    message_id: str
    phone_number: str
    """Of the employee."""
    reply_from: str
    """The number that the employee texted: the reply leaves from it."""
    text: str
    received_at: datetime


@dataclass(frozen=True)
class OperatorReply:
    """What an operator wrote as `reply` on an item."""

    message_id: str
    phone_number: str
    reply_from: str
    text: str


def read_operator_reply(item: Mapping[str, Any]) -> OperatorReply | None:
    """Returns the reply that has to be sent; None if the item has none, or is no longer open."""
    text = item.get("reply")
    if item.get("message_status") != InboxStatus.OPEN or not isinstance(text, str) or not text.strip():
        return None
    return OperatorReply(
        message_id=str(item["message_id"]),
        phone_number=str(item["phone_number"]),
        reply_from=str(item["reply_from"]),
        text=text.strip(),
    )
