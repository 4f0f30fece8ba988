"""Reads and writes the rows of an inbound text in memory."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from shift_sms_runtime.bookings.booking import BookingDecision
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import Reply
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
    """Implements `InboundStore` on tables in memory."""

    def __init__(
        self,
        *,
        employees: MemoryEmployees,
        employee_bookings: MemoryEmployeeBookings,
        conversations: MemoryConversations,
        deliveries: MemoryDeliveries,
        shifts: MemoryShifts,
        clock: Callable[[], datetime],
    ) -> None:
        self._employees = employees
        self._employee_bookings = employee_bookings
        self._conversations = conversations
        self._deliveries = deliveries
        self._shifts = shifts
        self._clock = clock
        self.writes = 0
        """The number of attempts to write bookings."""
        self.effects: Counter[str] = Counter()
        """The number of effects of each text, by message id."""

    def read(self, text: InboundText) -> InboundContext:
        return self._read(text, text.candidate_ids)

    def reload(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        ids = tuple(dict.fromkeys((*context.ids_read, *shift_ids)))
        return replace(self._read(context.text, ids), ids_looked_up=context.ids_looked_up)

    def write(self, context: InboundContext, decision: BookingDecision | None, reply: Reply) -> None:
        number = context.employee.phone_number
        if decision is not None:
            self._book(context, decision, reply)
        if reply.listing is not None:
            self._conversations.listings[number] = reply.listing

    def _book(self, context: InboundContext, decision: BookingDecision, reply: Reply) -> None:
        self.writes += 1
        row_key = self._conversations.row_key(reply.key)
        row = self._conversations.rows.get(row_key)
        sending = row is not None and row.status is not DeliveryStatus.QUEUED
        if row_key in self._conversations.replies or sending:
            raise ChangedMeanwhile
        number, before, after = context.employee.phone_number, context.bookings, decision.bookings
        self._shifts.check(*decision.changed)
        if before != after:
            self._employee_bookings.replace(number, before=before, after=after, now=context.now)
        self._shifts.store(*decision.changed, employee=number)
        self._conversations.replies[row_key] = reply
        self.effects[context.text.message_id] += 1

    def _read(self, text: InboundText, shift_ids: tuple[str, ...]) -> InboundContext:
        number, now, conversations = text.sender, self._clock(), self._conversations
        row_key, hour = (number, ReplyKind.INBOUND, text.message_id), hour_of(now)
        row = conversations.rows.get(row_key)
        notice = conversations.rows.get((number, ReplyKind.LIMIT_NOTICE, hour_name(hour)))
        recent = conversations.recent_texts.get((number, hour), RecentTexts())
        offered_shifts = {**conversations.offered_shifts, **self._deliveries.offered_shifts}
        shifts = {shift_id: self._shifts.get(shift_id) for shift_id in shift_ids}
        return InboundContext(
            text,
            self._employees.of([number]).get(number, Employee(number, on_roster=False)),
            now,
            bookings=self._employee_bookings.get(number),
            shifts={shift_id: shift for shift_id, shift in shifts.items() if shift is not None},
            ids_read=shift_ids,
            reply_status=row.status if row else None,
            reply=conversations.replies.get(row_key),
            listing=conversations.listings.get(number),
            campaign_id=self._deliveries.last_campaigns.get(number),
            recent_texts=replace(
                recent, notified=notice is not None and notice.status is not DeliveryStatus.QUEUED
            ),
            offered_shift_id=offered_shifts.get((number, text.in_reply_to or "")),
        )
