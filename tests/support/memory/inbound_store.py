"""Looks up everything on record for an inbound text in memory."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord, ListingPlace
from shift_sms_runtime.inbound.reply import Effect, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, hour_name, hour_of
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.deliveries import MemoryDeliveries
from tests.support.memory.employee_bookings import MemoryEmployeeBookings
from tests.support.memory.employees import MemoryEmployees
from tests.support.memory.shifts import MemoryShifts


class MemoryInboundStore:
    """Everything that is looked up for a text, in memory."""

    def __init__(
        self,
        employees: MemoryEmployees,
        answers: MemoryConversations,
        deliveries: MemoryDeliveries | None = None,
        shifts: MemoryShifts | None = None,
        bookings: MemoryEmployeeBookings | None = None,
    ) -> None:
        self._employees = employees
        self._answers = answers
        self._deliveries = deliveries or MemoryDeliveries()
        self._shifts = shifts or MemoryShifts()
        self._bookings = bookings or MemoryEmployeeBookings()
        self.writes = 0
        """How often a write was tried."""
        self.effects = Counter[str]()
        """How often each text has changed something."""
        self.decided: dict[str, Reply] = {}
        # Both are attributes of one entry of Conversations.
        answers.decided = self.decided
        self._places: dict[str, ListingPlace] = {}

    def look_up(self, question: InboundQuery) -> InboundRecord:
        sender = question.sender
        answer = self._answers.rows.get((sender, ReplyKind.INBOUND, question.message_id))
        employee = self._employees.of([sender]).get(sender, Employee(sender, on_roster=False))
        hour = hour_of(question.now)
        recent = self._answers.texts.get((sender, hour), RecentTexts())
        notice = self._answers.rows.get((sender, ReplyKind.LIMIT_NOTICE, hour_name(hour)))
        offered = {**self._answers.offered, **self._deliveries.offered}
        shifts = {shift_id: self._shifts.get(shift_id) for shift_id in question.shift_ids}
        return InboundRecord(
            employee,
            answer=answer.status if answer else None,
            decided=self.decided.get(question.message_id),
            listing=self._places.get(sender),
            campaign_id=self._deliveries.last_campaigns.get(sender),
            recent=replace(
                recent, notified=notice is not None and notice.status is not DeliveryStatus.QUEUED
            ),
            offered=offered.get((sender, question.answers_to or "")),
            agenda=self._bookings.get(sender),
            shifts={shift_id: shift for shift_id, shift in shifts.items() if shift is not None},
        )

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        self._places[sender] = place

    def write(self, effect: Effect) -> None:
        self.writes += 1
        self._shifts.check(*effect.changed)
        reply = self._answers.rows.get((effect.person, ReplyKind.INBOUND, effect.message_id))
        being_sent = reply is not None and reply.status is not DeliveryStatus.QUEUED
        if effect.message_id in self.decided or being_sent:
            raise ChangedMeanwhile
        if effect.before != effect.after:
            self._bookings.replace(effect.person, before=effect.before, after=effect.after, now=effect.now)
        self._shifts.store(*effect.changed, employee=effect.person)
        self.decided[effect.message_id] = effect.decided
        self.effects[effect.message_id] += 1
