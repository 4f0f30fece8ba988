"""A text that a person has to read, and the operator's reply to it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from shift_sms_runtime.records import record

_DIGEST_LENGTH = 12


class InboxStatus(StrEnum):
    """The `message_status` of an item of the OperatorInbox table."""

    OPEN = "open"
    """The operator has not replied, or the reply is being sent."""
    REPLIED = "replied"
    NOT_SENT = "not-sent"
    """The reply could not be sent; `reply_error` says why."""
    CLOSED = "closed"
    """An operator has handled the text without a reply."""


@record
class InboxItem:
    """An inbound text in the OperatorInbox table."""

    message_id: str
    phone_number: str
    """The employee's number."""
    reply_from: str
    """The number that the employee texted. It sends the reply."""
    text: str
    received_at: datetime
    urgent: bool = False
    """Whether the text reports an emergency."""
    sick_call: bool = False
    """Whether the text is a sick call, of which managers are told by a notice of its own."""


@record
class OperatorReply:
    """The `reply` that an operator wrote on an item."""

    message_id: str
    phone_number: str
    reply_from: str
    text: str


@record
class FollowUp:
    """A further text of an operator to the employee who wrote an item.

    It is an item of its own with a `reply`. So it is sent once and settled as a reply is, by the same function.
    """

    follow_up_to: str
    """The id of the item that it follows."""
    phone_number: str
    reply_from: str
    text: str
    written_at: datetime

    @property
    def message_id(self) -> str:
        """The id of the follow-up. The same text on the same item is the same follow-up."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:_DIGEST_LENGTH]
        return f"{self.follow_up_to}-follow-up-{digest}"


def undone_item_id(message_id: str) -> str:
    """Returns the id of the item about the undone bookings of a text.

    The text itself may be an item, too.
    """
    return f"{message_id}-undone"


def read_operator_reply(item: Mapping[str, Any]) -> OperatorReply | None:
    """Returns the reply to send; None if the item has no reply or is not open."""
    text = item.get("reply")
    if item.get("message_status") != InboxStatus.OPEN or not isinstance(text, str) or not text.strip():
        return None
    return OperatorReply(
        message_id=str(item["message_id"]),
        phone_number=str(item["phone_number"]),
        reply_from=str(item["reply_from"]),
        text=text.strip(),
    )
