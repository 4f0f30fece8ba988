"""The reply to an inbound text, and the outcome of handling it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.shifts.booking import BookingStatus
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift


@dataclass(frozen=True)
class Reply:
    """What a text led to: written with its effect, so that it has one effect and one answer, whenever it comes again.

    ``bookings`` are the seats it took, ``given_back`` the campaigns of those it gave back, as far as a campaign had
    filled them; ``offers`` is the one shift that a YES to the answer books; ``standings`` are how the sender stands
    with each shift that it is about, by id, if the text has changed something.
    """

    answer: str
    bookings: int = 0
    offers: str | None = None
    standings: Mapping[str, BookingStatus] = field(default_factory=dict)
    given_back: tuple[str, ...] = ()
    campaign_id: str | None = None
    """The campaign that led to it."""
    has_effect: bool = False
    """Whether the text has changed something: then this is on its row, and is what it led to for good."""


@dataclass(frozen=True)
class Effect:
    """What a text changes, and what is said of it. The agenda is ``before`` as it was read."""

    message_id: str
    person: str
    changed: tuple[Shift, ...]
    before: EmployeeBookings
    after: EmployeeBookings
    decided: Reply
    now: datetime


class InboundOutcome(StrEnum):
    """What became of a text, for logs and metrics."""

    ANSWERED = "answered"
    ANSWER_NOT_SENT = "answer-not-sent"
    ANSWER_UNKNOWN = "answer-unknown"
    CALLBACK_REQUESTED = "callback-requested"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted-out"
    """It said STOP, or came from somebody who has: no answer, or the one confirmation."""
    OPTED_IN = "opted-in"
    HELP = "help"
    STRANGER = "stranger"
    THANKED = "thanked"
    """It wants nothing, not even an answer."""
    IGNORED = "ignored"
    """Too many texts, or one and the same too often."""
