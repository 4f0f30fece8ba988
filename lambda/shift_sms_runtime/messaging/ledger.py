"""Keys, claims and status changes of the rows that record sends."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.messaging.hourly_limit import TextCount
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


class SendClaim(StrEnum):
    """What a ledger says to somebody who wants to send what is not settled yet."""

    GRANTED = "granted"
    BUSY = "busy"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class ReplyKey:
    """The answer to one inbound text, a row of the Inbox.

    ``campaign_id`` is the campaign that led to the text; ``bookings`` are the seats that the text took, and
    ``given_back`` the campaigns of those it gave back; ``offers`` is the one shift that a YES to the answer books;
    ``counted`` is the text, for the limit of its number.

    An answer that is not ``decided`` on its row tells of nothing that the text has changed: it goes out only while no
    other delivery of the text has changed something.
    """

    message_id: str
    campaign_id: str | None = None
    bookings: int = 0
    offers: str | None = None
    counted: TextCount | None = None
    decided: bool = False
    given_back: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusChange:
    """A row goes from one status to another."""

    before: DeliveryStatus
    after: DeliveryStatus
    at: datetime
    sms_message_id: str = ""
    """The service's id of the text, where this change brings it."""
