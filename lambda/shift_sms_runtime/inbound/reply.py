"""The reply to an inbound text, and the outcome of handling the text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.shifts.booking import BookingStatus


@dataclass(frozen=True)
class ListingPosition:
    """An employee's position in the list of open shifts."""

    message_id: str
    """The inbound text that got this page."""
    page_after: str | None
    """The shift before this page; None at the beginning of the list."""
    next_after: str | None
    """The last shift of this page, after which MORE continues; None at the end of the list."""


@dataclass(frozen=True)
class Reply:
    """The reply to an inbound text.

    A reply whose key has an effect is stored in the write that makes the effect. Every further delivery of the text
    gets the same reply, or a true one in its place.
    """

    text: str
    key: ReplyKey
    statuses: Mapping[str, BookingStatus] = field(default_factory=dict)
    """The sender's booking status for each shift that the reply is about, if the text has an effect."""
    listing: ListingPosition | None = None
    """The page of open shifts that the reply lists, if MORE depends on it."""


class InboundOutcome(StrEnum):
    """The outcome of handling an inbound text, for logs and metrics."""

    REPLIED = "replied"
    REPLY_NOT_SENT = "reply-not-sent"
    REPLY_UNKNOWN = "reply-unknown"
    CALLBACK_REQUESTED = "callback-requested"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted-out"
    """The text is STOP, which gets one confirmation at most, or its sender has opted out."""
    OPTED_IN = "opted-in"
    HELP = "help"
    STRANGER = "stranger"
    THANKED = "thanked"
    """The text needs no reply."""
    IGNORED = "ignored"
    """The sender exceeds the hourly limit, or repeats one text too often."""
