"""The reply to an inbound text, and the outcome of handling the text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shift_sms_runtime.bookings.booking import BookingStatus
from shift_sms_runtime.messaging.ledger import ReplyKey


@dataclass(frozen=True)
class ListingPosition:
    """An employee's position in the list of open shifts."""

    message_id: str
    """The inbound text that got this page."""
    page_after: str | None
    """The last shift before this page; None on the first page."""
    next_after: str | None
    """The last shift of this page. MORE continues after it. None on the last page."""


@dataclass(frozen=True)
class Reply:
    """The reply to an inbound text.

    A reply that reports an effect is stored in the same write as the effect. Further deliveries of the text get the
    stored reply, or the current state of its shifts if they have changed.
    """

    text: str
    key: ReplyKey
    statuses: Mapping[str, BookingStatus] = field(default_factory=dict)
    """The sender's booking status for each shift in a reply that reports an effect."""
    listing: ListingPosition | None = None
    """The page that the reply lists, if a later MORE needs it."""


class InboundOutcome(StrEnum):
    """The outcome of handling an inbound text, for logs and metrics."""

    REPLIED = "replied"
    REPLY_NOT_SENT = "reply-not-sent"
    REPLY_UNKNOWN = "reply-unknown"
    CALLBACK_REQUESTED = "callback-requested"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted-out"
    """The text is STOP, or its sender has opted out before."""
    OPTED_IN = "opted-in"
    HELP = "help"
    STRANGER = "stranger"
    THANKED = "thanked"
    """The text needs no reply."""
    IGNORED = "ignored"
    """The sender exceeds the hourly limit, or repeats one text too often."""
