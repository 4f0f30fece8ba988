"""Words of an employee for a person, kept until somebody has answered them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class InboxStatus(StrEnum):
    """``message_status`` on an item of the Messages table."""

    OPEN = "open"
    ANSWERED = "answered"
    NOT_ANSWERED = "not-answered"
    """The answer could not be sent; ``message_error`` says why."""


@dataclass(frozen=True)
class InboxItem:
    """An item of the Messages table: an employee's text, and what an operator wrote to answer it."""

    message_id: str
    phone_number: str
    answer_from: str
    """The number of ours that was texted."""
    words: str
    received_at: datetime


@dataclass(frozen=True)
class OperatorReply:
    """What an operator wrote on an item, as ``answer``."""

    message_id: str
    phone_number: str
    answer_from: str
    words: str


def read_operator_reply(item: Mapping[str, Any]) -> OperatorReply | None:
    """The answer on an item that waits to be sent; None where there is none, or it has been sent."""
    words = item.get("answer")
    if item.get("message_status") != InboxStatus.OPEN or not isinstance(words, str) or not words.strip():
        return None
    return OperatorReply(
        str(item["message_id"]), str(item["phone_number"]), str(item["answer_from"]), words.strip()
    )
