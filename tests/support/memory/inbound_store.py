"""Looks up everything on record for an inbound text in memory."""

from dataclasses import replace
from datetime import datetime

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord, ListingPlace
from shift_sms_runtime.inbound.reply import Effect
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, hour_name, hour_of
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.deliveries import MemoryDeliveries
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
    ) -> None:
        self._employees = employees
        self._answers = answers
        self._deliveries = deliveries or MemoryDeliveries()
        self._shifts = shifts or MemoryShifts()
        # Both are attributes of one entry of Conversations.
        answers.decided, self._shifts.answers = self._shifts.decided, answers.rows
        self._places: dict[str, ListingPlace] = {}

    def look_up(self, question: InboundQuery) -> InboundRecord:
        sender, book = question.sender, self._shifts
        answer = self._answers.rows.get((sender, ReplyKind.INBOUND, question.message_id))
        employee = self._employees.of([sender]).get(sender, Employee(sender, on_roster=False))
        hour = hour_of(question.now)
        recent = self._answers.texts.get((sender, hour), RecentTexts())
        notice = self._answers.rows.get((sender, ReplyKind.LIMIT_NOTICE, hour_name(hour)))
        offered = {**self._answers.offered, **self._deliveries.offered}
        shifts = {shift_id: book.get(shift_id) for shift_id in question.shift_ids}
        return InboundRecord(
            employee,
            answer=answer.status if answer else None,
            decided=book.decided.get(question.message_id),
            listing=self._places.get(sender),
            campaign_id=self._deliveries.last_campaigns.get(sender),
            recent=replace(
                recent, notified=notice is not None and notice.status is not DeliveryStatus.QUEUED
            ),
            offered=offered.get((sender, question.answers_to or "")),
            agenda=book.agendas.get(sender, EmployeeBookings()),
            shifts={shift_id: shift for shift_id, shift in shifts.items() if shift is not None},
        )

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        self._places[sender] = place

    def write(self, effect: Effect) -> None:
        self._shifts.write(effect)
