"""A text that we send, its status, and what one attempt to send it can come to."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True)
class SendOutcome:
    """What became of a text: now, or in an ``earlier`` attempt that has settled it."""

    status: DeliveryStatus
    earlier: bool = False


CAMPAIGN_ID = "campaign_id"
"""The entry of a request's context that events bring back."""
