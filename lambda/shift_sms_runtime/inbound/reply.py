"""The reply to an inbound text, and the outcome of handling the text."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from shift_sms_runtime.bookings.booking import BookingStatus
from shift_sms_runtime.records import record
from shift_sms_runtime.shift_lists.list_filter import ListFilter


@record
class ListingPosition:
    """An employee's position in a list: that of the open shifts, or that of the own ones."""

    message_id: str
    """The inbound text that got this page."""
    page_after: str | None
    """The position after which this page begins; None on the first page."""
    next_after: str | None
    """The position after which MORE continues; None on the last page."""
    limited_to: ListFilter | None = None
    """What the list of open shifts is limited to; None for all of them.

    It is the same on each page.
    """
    own_shifts: bool = False
    """Whether it is the list of the employee's own shifts."""


class ReplyView(StrEnum):
    """Rows that a reply shows. A reply that is sent later shows them as they are then."""

    SHIFTS = "shifts"
    """The state of the shifts in `Reply.statuses`."""
    OPEN_SHIFTS = "open-shifts"
    """A page of the list of open shifts."""
    OWN_SHIFTS = "own-shifts"
    """A page of the list of the sender's own shifts."""
    WHICH_TO_DROP = "which-to-drop"
    """The question which of the sender's own shifts to give back."""
    ABSENCE = "absence"
    """How to give back own shifts, in reply to a sender who cannot come."""
    SICK_WHICH = "sick-which"
    """The question which of the sender's own shifts a sick call concerns."""


@record
class Reply:
    """The reply to an inbound text, written together with the effect of the text.

    A reply may be sent minutes later. `DelayedReplies` then renders it so that it is true at that time.
    """

    text: str
    offered_shift_id: str | None = None
    """The one shift that YES in response to the reply books."""
    statuses: Mapping[str, BookingStatus] = field(default_factory=dict)
    """What the reply tells about each shift.

    If it is not true any longer, the current state is sent instead.
    """
    view: ReplyView | None = None
    """The rows that the reply shows; None if `statuses` are all that can change."""
    listing: ListingPosition | None = None
    """The page that the reply lists, if a later MORE needs it."""
    confirms_opt_out: bool = False
    """Whether the reply confirms an opt-out."""
    campaign_id: str | None = None
    """The campaign that led to the inbound text.

    It counts the reply, and the seats that the text booked.
    """
    kept_for_operator: bool = False
    """Whether the inbound text is put into the operator inbox."""
    urgent: bool = False
    """Whether it is marked there as urgent."""
    droppable: Mapping[str, bool] = field(default_factory=dict)
    """The shifts that the reply confirms as booked, and whether each can be given back by text."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """The roles that the reply names, by the ids of the shifts that are for these roles alone."""


class InboundOutcome(StrEnum):
    """The outcome of handling an inbound text, for logs and metrics."""

    REPLIED = "replied"
    REPLY_QUEUED = "reply-queued"
    """The reply waits in the outbox."""
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
