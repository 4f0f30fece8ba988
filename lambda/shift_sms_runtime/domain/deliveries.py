"""What becomes of one text that we send.

``SendTextMessage`` has no idempotency token: a send is claimed in a ledger before it happens and settled after. A
claim that nobody settled, or a send without an answer, is UNKNOWN and is never repeated.
"""

from dataclasses import dataclass
from enum import StrEnum


class DeliveryStatus(StrEnum):
    """Where one text stands in its ledger."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    OPTED_OUT = "opted-out"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """Whether nothing will be tried any more."""
        return self not in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


@dataclass(frozen=True)
class Sent:
    """The service took the text."""

    message_id: str


@dataclass(frozen=True)
class NotSent:
    """The service certainly did not take the text, and may take it later: in a moment when it was throttled, after
    somebody has changed something otherwise."""

    reason: str
    passing: bool


@dataclass(frozen=True)
class Refused:
    """The service will not take the text; trying again changes nothing."""

    status: DeliveryStatus
    reason: str


@dataclass(frozen=True)
class Unknown:
    """The request left and its outcome did not come back."""

    reason: str


SendResult = Sent | NotSent | Refused | Unknown
"""What one attempt at a send can come to."""


@dataclass(frozen=True)
class OutgoingText:
    """One text: E.164 of the phone, the identity it leaves from, its words."""

    to: str
    origination_identity: str
    body: str


class SendClaim(StrEnum):
    """What a ledger says to somebody who wants to send."""

    GRANTED = "granted"
    SETTLED = "settled"
    BUSY = "busy"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class DeliveryKey:
    """A row of the Deliveries table."""

    campaign_id: str
    phone_number: str


@dataclass(frozen=True)
class NewDelivery:
    """A ledger row as it begins."""

    phone_number: str
    status: DeliveryStatus
    reason: str = ""
