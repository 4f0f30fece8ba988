"""Reads and undoes the bookings that a reply reports in memory."""

from collections.abc import Callable
from datetime import datetime

from shift_sms_runtime.bookings.undo import ReportedBookings, UndoneBookings, reported_by
from shift_sms_runtime.campaigns.counters import undone_deltas
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, undone_item_id
from shift_sms_runtime.outbox.outbox_text import OutboxText
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.employee_bookings import MemoryEmployeeBookings
from tests.support.memory.operator_inbox import MemoryOperatorInbox
from tests.support.memory.shifts import MemoryShifts


class MemoryReportedBookings:
    """Implements `ReportedBookingsStore` on tables in memory."""

    def __init__(
        self,
        *,
        employee_bookings: MemoryEmployeeBookings,
        conversations: MemoryConversations,
        shifts: MemoryShifts,
        operator_inbox: MemoryOperatorInbox,
        clock: Callable[[], datetime],
    ) -> None:
        self._employee_bookings = employee_bookings
        self._conversations = conversations
        self._shifts = shifts
        self._operator_inbox = operator_inbox
        self._clock = clock

    def read(self, text: OutboxText) -> ReportedBookings:
        number = text.phone_number
        bookings = self._employee_bookings.get(number)
        reported = reported_by(bookings, text.reply_id)
        shifts = {booking.shift_id: self._shifts.get(booking.shift_id) for booking in reported}
        rows = {
            reply_id: self._conversations.rows.get((number, ReplyKind.INBOUND, reply_id))
            for booking in reported
            for reply_id in booking.reply_ids
        }
        own = rows.get(text.reply_id)
        return ReportedBookings(
            number,
            self._clock(),
            bookings,
            {shift_id: shift for shift_id, shift in shifts.items() if shift is not None},
            {reply_id: row.status for reply_id, row in rows.items() if row is not None},
            own.reason if own else "",
        )

    def write(self, text: OutboxText, before: ReportedBookings, undone: UndoneBookings) -> None:
        number, now = before.phone_number, before.now
        self._shifts.check(*undone.shifts)
        self._employee_bookings.replace(number, before=before.bookings, after=undone.bookings, now=now)
        self._shifts.store(*undone.shifts, employee=number)
        for delta in undone_deltas(undone.campaign_ids):
            self._conversations.counters.add(delta)
        item_id = undone_item_id(text.reply_id)
        item = InboxItem(item_id, number, text.origination_identity, undone.report, now)
        self._operator_inbox.items.setdefault(item_id, item)
