"""What becomes of one text that we send.

``SendTextMessage`` has no idempotency token: a send is claimed in a ledger before it happens and settled after. A
claim that nobody settled, or a send without an answer, is UNKNOWN and is never repeated.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.domain.guard import Count


class DeliveryStatus(StrEnum):
    """Where one text stands in its ledger. The reason beside it is AWS's own, or ours in small letters."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    """The service took the text; its carrier has not been heard of."""
    DELIVERED = "delivered"
    FAILED = "failed"
    OPTED_OUT = "opted-out"
    NOT_VERIFIED = "not-verified"
    """The account is in the SMS sandbox, and the number is not on its list."""
    BLOCKED_COUNTRY = "blocked-country"
    UNKNOWN = "unknown"
    """The request left, or may have; nobody said what became of it. Only a delivery event changes that."""
    STOPPED = "stopped"
    """The campaign ended before its turn came: nothing was sent."""

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
    others_may_go: bool = False
    """The reason may be about this destination alone: it says nothing about the other recipients."""


@dataclass(frozen=True)
class Refused:
    """The service will not take the text; trying again changes nothing."""

    status: DeliveryStatus
    reason: str


@dataclass(frozen=True)
class Unknown:
    """The request left and its outcome did not come back."""

    reason: str


@dataclass(frozen=True)
class LimitReached:
    """The account may send nothing any more, to nobody, until its limit is raised or the month ends."""

    reason: str


SendResult = Sent | NotSent | Refused | Unknown | LimitReached
"""What one attempt at a send can come to."""


@dataclass(frozen=True)
class OutgoingText:
    """One text: E.164 of the phone, the identity it leaves from, its words.

    A text of a campaign names it, so that delivery events find their way back.
    """

    to: str
    origination_identity: str
    body: str
    campaign_id: str | None = None


class SendClaim(StrEnum):
    """What a ledger says to somebody who wants to send what is not settled yet."""

    GRANTED = "granted"
    BUSY = "busy"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class SendOutcome:
    """What became of a text: now, or in an ``earlier`` attempt that has settled it."""

    status: DeliveryStatus
    earlier: bool = False


@dataclass(frozen=True)
class Delivery:
    """One recipient of a campaign, a row of the Deliveries table. ``segments`` is what the text takes.

    ``offers`` is the one shift that the campaign is about, if it is one: YES books it.
    """

    campaign_id: str
    phone_number: str
    segments: int
    offers: str | None = None


@dataclass(frozen=True)
class Answer:
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
    counted: Count | None = None
    decided: bool = False
    given_back: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A row goes from one status to another."""

    before: DeliveryStatus
    after: DeliveryStatus
    at: datetime
    sms_message_id: str = ""
    """The service's id of the text, where this change brings it."""


@dataclass(frozen=True)
class LeftOut:
    """What came of recipients who are not to be texted any more."""

    settled: int
    """How many still waited, and are settled now."""
    being_sent: tuple[str, ...] = ()
    """Those whom a sender is texting, or was when it died."""


@dataclass(frozen=True)
class NewDelivery:
    """A ledger row as it begins."""

    phone_number: str
    status: DeliveryStatus
    reason: str = ""
