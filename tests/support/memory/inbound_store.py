"""Reads and writes the rows of an inbound text in memory."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from shift_sms_runtime.bookings.booking import BookingDecision
from shift_sms_runtime.campaigns.counters import reply_deltas
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundContext, WaitingReply
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.messaging.hourly_limit import RecentTexts, hour_name, hour_of
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.deliveries import MemoryDeliveries
from tests.support.memory.employee_bookings import MemoryEmployeeBookings
from tests.support.memory.employees import MemoryEmployees
from tests.support.memory.operator_inbox import MemoryOperatorInbox
from tests.support.memory.outbox import MemoryOutboxRows
from tests.support.memory.send_ledger import LedgerRow
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
        operator_inbox: MemoryOperatorInbox,
        outbox: MemoryOutboxRows,
        clock: Callable[[], datetime],
    ) -> None:
        self._employees = employees
        self._employee_bookings = employee_bookings
        self._conversations = conversations
        self._deliveries = deliveries
        self._shifts = shifts
        self._operator_inbox = operator_inbox
        self._outbox = outbox
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

    def write(self, context: InboundContext, reply: Reply, decision: BookingDecision | None = None) -> None:
        number, conversations, text = context.employee.phone_number, self._conversations, context.outbox_text
        row_key = conversations.row_key(text.key)
        self.writes += decision is not None
        if row_key in conversations.rows:
            raise ChangedMeanwhile
        if decision is not None:
            self._book(context, decision)
        conversations.rows[row_key] = LedgerRow(DeliveryStatus.QUEUED)
        conversations.replies[row_key] = reply
        conversations.count_text(context.counted)
        for delta in reply_deltas(
            reply.campaign_id,
            at=context.now,
            bookings=decision.seats_booked if decision else 0,
            campaigns_of_dropped_seats=decision.campaigns_of_dropped_seats if decision else (),
        ):
            conversations.counters.add(delta)
        self._outbox.put(text)
        if reply.listing is not None:
            conversations.listings[number] = reply.listing
        if reply.kept_for_operator:
            item = InboxItem(
                text.reply_id,
                number,
                text.origination_identity,
                context.text.body,
                context.now,
                urgent=reply.urgent,
                sick_call=decision is not None and decision.reports_sickness,
            )
            self._operator_inbox.items.setdefault(item.message_id, item)

    def read_reply(self, text: OutboxText) -> WaitingReply | None:
        inbound = InboundText(text.reply_id, text.phone_number, text.origination_identity, "", text.queued_at)
        reply = self._conversations.replies.get(self._conversations.row_key(text.key))
        if reply is None:
            return None
        context = self._read(inbound, ())
        return WaitingReply(reply, self.reload(context, context.ids_shown_by(reply)))

    def move_listing(self, phone_number: str, position: ListingPosition) -> None:
        stored = self._conversations.listings.get(phone_number)
        if stored is None or stored.message_id == position.message_id:
            self._conversations.listings[phone_number] = position

    def _book(self, context: InboundContext, decision: BookingDecision) -> None:
        number, before, after = context.employee.phone_number, context.bookings, decision.bookings
        if decision.gains_place and context.employee.on_roster and not self._is_on_roster(number):
            raise ChangedMeanwhile
        self._shifts.check(*decision.changed)
        if before != after:
            self._employee_bookings.replace(number, before=before, after=after, now=context.now)
        self._shifts.store(*decision.changed, employee=number)
        self.effects[context.text.message_id] += 1

    def _is_on_roster(self, number: str) -> bool:
        employee = self._employees.of([number]).get(number)
        return employee is not None and employee.on_roster

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
            listing=conversations.listings.get(number),
            campaign_id=self._deliveries.last_campaigns.get(number),
            recent_texts=replace(recent, notified=notice is not None and notice.status.final),
            offered_shift_id=offered_shifts.get((number, text.in_reply_to or "")),
        )
