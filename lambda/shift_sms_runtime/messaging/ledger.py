"""Keys, claims and status changes of the rows that record sends."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.messaging.hourly_limit import TextCount
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


class SendClaim(StrEnum):
    """The result of a claim on a text that is not settled."""

    GRANTED = "granted"
    BUSY = "busy"
    ABANDONED = "abandoned"


class ReplyKind(StrEnum):
    """The kinds of texts outside campaigns. Ids are unique within a kind."""

    INBOUND = "inbound"
    """The reply to an inbound text; its id is that of the inbound text."""
    OPERATOR_REPLY = "operator-reply"
    """What an operator wrote; its id is that of the inbound text, too."""
    NOTICE = "notice"
    """An offer, a cancellation or a reminder; its id names the notice, the shift and the time."""
    LIMIT_NOTICE = "limit-notice"
    """The notice of the hourly limit; its id is the hour."""
    STRANGER_REPLY = "stranger-reply"
    """The reply to a number that is not approved; its id is the day."""


@dataclass(frozen=True)
class ReplyKey:
    """One text to one phone number, outside campaigns. `phone_number`, `kind` and `reply_id` identify it."""

    phone_number: str
    reply_id: str
    kind: ReplyKind = ReplyKind.INBOUND
    campaign_id: str | None = None
    """The campaign that led to the inbound text."""
    bookings: int = 0
    """How many seats the inbound text took."""
    offers: str | None = None
    """The one shift that YES to this text books."""
    counted: TextCount | None = None
    """The inbound text, for the hourly limit of its number."""
    has_effect: bool = False
    """Whether the inbound text has changed something. A reply without an effect is claimed only while no other
    delivery of the inbound text has written one."""
    given_back: tuple[str, ...] = ()
    """The campaigns that had filled the seats which the inbound text gave back."""


@dataclass(frozen=True)
class StatusChange:
    """A row goes from one status to another."""

    before: DeliveryStatus
    after: DeliveryStatus
    at: datetime
    sms_message_id: str = ""
    """The service's id of the text, where this change brings it."""
