"""What is on record about a sender and a text when it arrives, and what strangers hear."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.domain.agenda import Agenda
from shift_sms_runtime.domain.booking import Standing
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.guard import Recent
from shift_sms_runtime.domain.shifts import Shift


class StrangerReply(StrEnum):
    """Whether a number that is not approved gets an answer."""

    SILENT = "silent"
    ONCE_PER_DAY = "once-per-day"


BY_THE_SERVICE = "service"
"""``opt_changed_by`` of a number that the messaging service has refused. Otherwise it is the text that said STOP, or
``pinpoint-import``: those only their owner can take back, by START."""


@dataclass(frozen=True)
class ListingPlace:
    """Where an employee is in the list of open shifts. ``message_id`` is the text that was answered by this page."""

    message_id: str
    page_after: str | None
    """This page began after this shift; None is the beginning."""
    next_after: str | None
    """The rest begins after this shift; None when there was no rest."""


@dataclass(frozen=True)
class Decided:
    """What a text led to: written with its effect, so that it has one effect and one answer, whenever it comes again.

    ``bookings`` are the seats it took, ``given_back`` the campaigns of those it gave back, as far as a campaign had
    filled them; ``offers`` is the one shift that a YES to the answer books; ``standings`` are how the sender stands
    with each shift that it is about, by id, if the text has changed something.
    """

    answer: str
    bookings: int = 0
    offers: str | None = None
    standings: Mapping[str, Standing] = field(default_factory=dict)
    given_back: tuple[str, ...] = ()
    campaign_id: str | None = None
    """The campaign that led to it."""
    has_effect: bool = False
    """Whether the text has changed something: then this is on its row, and is what it led to for good."""


@dataclass(frozen=True)
class Question:
    """What is looked up for a text: by whom and what it is, and which shifts it may name."""

    message_id: str
    sender: str
    answers_to: str | None
    """The text of ours that it answers, by the service's message id."""
    shift_ids: tuple[str, ...]
    now: datetime


@dataclass(frozen=True)
class Arrival:
    """What is on record when a text arrives."""

    on_roster: bool
    answer: DeliveryStatus | None = None
    decided: Decided | None = None
    """What an earlier delivery of this text has led to."""
    listing: ListingPlace | None = None
    opted_out: bool = False
    opted_out_by: str | None = None
    """See ``BY_THE_SERVICE``."""
    campaign_id: str | None = None
    """The campaign that texted this number last."""
    language: str = ""
    roles: frozenset[str] = frozenset()
    """In small letters."""
    recent: Recent = field(default_factory=Recent)
    offered: str | None = None
    """The one shift that was offered by the text it answers."""
    agenda: Agenda = field(default_factory=Agenda)
    shifts: Mapping[str, Shift] = field(default_factory=dict)
    """Those of the shifts asked for that there are, by id."""


@dataclass(frozen=True)
class Effect:
    """What a text changes, and what is said of it. The agenda is ``before`` as it was read."""

    message_id: str
    person: str
    changed: tuple[Shift, ...]
    before: Agenda
    after: Agenda
    decided: Decided
    now: datetime


class ChangedMeanwhile(Exception):
    """Something is not any more as it was read; nothing was written."""


@dataclass(frozen=True)
class Contact:
    """What must be known of somebody to text them by ourselves."""

    language: str = ""
    opted_out: bool = False
    on_roster: bool = True
    """A row that only records a STOP makes nobody an employee."""
