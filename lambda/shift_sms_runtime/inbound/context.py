"""An inbound text and everything on record about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.inbound.reply_renderer import ReplyRenderer
from shift_sms_runtime.language.locale import Locale
from shift_sms_runtime.messaging.hourly_limit import RecentTexts
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.booking import without_lost_shifts
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift


@dataclass(frozen=True)
class ListingPlace:
    """Where an employee is in the list of open shifts. ``message_id`` is the text that was answered by this page."""

    message_id: str
    page_after: str | None
    """This page began after this shift; None is the beginning."""
    next_after: str | None
    """The rest begins after this shift; None when there was no rest."""


@dataclass(frozen=True)
class InboundQuery:
    """What is looked up for a text: by whom and what it is, and which shifts it may name."""

    message_id: str
    sender: str
    answers_to: str | None
    """The text of ours that it answers, by the service's message id."""
    shift_ids: tuple[str, ...]
    now: datetime


@dataclass(frozen=True)
class InboundRecord:
    """What is on record when a text arrives."""

    employee: Employee
    answer: DeliveryStatus | None = None
    decided: Reply | None = None
    """What an earlier delivery of this text has led to."""
    listing: ListingPlace | None = None
    campaign_id: str | None = None
    """The campaign that texted this number last."""
    recent: RecentTexts = field(default_factory=RecentTexts)
    offered: str | None = None
    """The one shift that was offered by the text it answers."""
    agenda: EmployeeBookings = field(default_factory=EmployeeBookings)
    shifts: Mapping[str, Shift] = field(default_factory=dict)
    """Those of the shifts asked for that there are, by id."""


@dataclass(frozen=True)
class Visit:
    """One text, and what is on record of it and its sender."""

    text: InboundText
    sender: str
    question: InboundQuery
    arrival: InboundRecord


@dataclass(frozen=True)
class Case:
    """One text and all that is known about it by now."""

    visit: Visit
    locale: Locale
    renderer: ReplyRenderer
    now: datetime
    every: tuple[str, ...] | None
    """The ids of all shifts that are open or taken; None as long as nobody needed them."""

    @property
    def arrival(self) -> InboundRecord:
        return self.visit.arrival

    @property
    def employee(self) -> Employee:
        return self.arrival.employee

    @cached_property
    def known_ids(self) -> tuple[str, ...]:
        """The shifts that the text may name."""
        mine = self.arrival.agenda.by_shift
        return tuple(dict.fromkeys((*(self.every or ()), *self.arrival.shifts, *mine)))

    def missing(self, shift_ids: Sequence[str]) -> tuple[str, ...]:
        """Those that were not looked up."""
        return tuple(one for one in shift_ids if one not in self.visit.question.shift_ids)

    def shift(self, shift_id: str) -> Shift:
        return self.arrival.shifts[shift_id]

    def agenda(self) -> EmployeeBookings:
        """The agenda without what was found not to be this person's any more."""
        gone = [one for one in self.visit.question.shift_ids if one not in self.arrival.shifts]
        shifts = self.arrival.shifts.values()
        return without_lost_shifts(self.arrival.agenda, shifts, self.visit.sender).without(*gone)
