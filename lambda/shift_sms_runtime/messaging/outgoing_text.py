"""A text that the system sends, its status, and the results of an attempt to send it."""

from dataclasses import dataclass
from enum import StrEnum

CAMPAIGN_ID = "campaign_id"
"""The key under which a request's context, and so its delivery events, name the campaign."""


class DeliveryStatus(StrEnum):
    """The status of one text in its ledger. The reason beside it is AWS's in capitals, or ours in small letters."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    """The service took the text; the carrier has reported nothing yet."""
    DELIVERED = "delivered"
    FAILED = "failed"
    OPTED_OUT = "opted-out"
    NOT_VERIFIED = "not-verified"
    """The account is in the SMS sandbox, and the phone number is not verified there."""
    BLOCKED_COUNTRY = "blocked-country"
    UNKNOWN = "unknown"
    """The request may have left, and its outcome is not known. Only a delivery event changes this status."""
    STOPPED = "stopped"
    """The campaign ended before the text was sent."""

    @property
    def final(self) -> bool:
        """Whether no further attempt is made."""
        return self not in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


@dataclass(frozen=True)
class Sent:
    """The service took the text."""

    message_id: str


@dataclass(frozen=True)
class NotSent:
    """The service did not take the text and may take it later.

    If the reason is `transient`, such as throttling, waiting is enough. Otherwise something has to be changed.
    """

    reason: str
    transient: bool
    destination_specific: bool = False
    """Whether the reason may be about this destination alone, so that other recipients can be texted."""


@dataclass(frozen=True)
class Refused:
    """The service will not take the text, however often it is tried."""

    status: DeliveryStatus
    reason: str


@dataclass(frozen=True)
class Unknown:
    """The request may have left, and its outcome is not known."""

    reason: str


@dataclass(frozen=True)
class LimitReached:
    """The account can send no text to anyone until its limit is raised or the month ends."""

    reason: str


SendResult = Sent | NotSent | Refused | Unknown | LimitReached
"""The result of one attempt to send a text."""


@dataclass(frozen=True)
class OutgoingText:
    """One text. `to` is E.164."""

    to: str
    origination_identity: str
    body: str
    campaign_id: str | None = None
    """The campaign, for a text of one: delivery events then name it."""


@dataclass(frozen=True)
class SendOutcome:
    """The status that a text has come to, now or in an `earlier` attempt."""

    status: DeliveryStatus
    earlier: bool = False
