"""Reads the bookings that a reply reports, and writes their undoing in one transaction."""

from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact
from shift_sms_runtime.bookings.undo import ReportedBookings, UndoneBookings, reported_by
from shift_sms_runtime.campaigns.counters import undone_deltas
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, undone_item_id
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.campaign_counters import counter_action
from shift_sms_runtime.tables.conversations import reply_keys, reply_outcomes
from shift_sms_runtime.tables.employee_bookings import (
    employee_bookings_key,
    employee_bookings_update,
    read_employee_bookings,
)
from shift_sms_runtime.tables.operator_inbox import inbox_item_update
from shift_sms_runtime.tables.shifts import shift_key, shift_update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoReportedBookings:
    """Implements `ReportedBookingsStore` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employee_bookings: str,
        conversations: str,
        campaign_counters: str,
        shifts: str,
        operator_inbox: str,
        shift_reader: ShiftReader,
        clock: Clock,
    ) -> None:
        """`employee_bookings` to `operator_inbox` are the names of the tables."""
        self._client = client
        self._employee_bookings = employee_bookings
        self._conversations = conversations
        self._campaign_counters = campaign_counters
        self._shifts = shifts
        self._operator_inbox = operator_inbox
        self._shift_reader = shift_reader
        self._clock = clock

    def read(self, text: OutboxText) -> ReportedBookings:
        """See `ReportedBookingsStore.read`. Reads the shifts only if the reply reports bookings."""
        number, now = text.phone_number, self._clock()
        rows = read_batch(self._client, {self._employee_bookings: [employee_bookings_key(number)]})
        bookings = read_employee_bookings(next(iter(rows.get(self._employee_bookings, ())), None))
        reported = reported_by(bookings, text.reply_id)
        if not reported:
            return ReportedBookings(number, now, bookings)
        reply_ids = dict.fromkeys(reply_id for booking in reported for reply_id in booking.reply_ids)
        rows = read_batch(
            self._client,
            {
                self._shifts: [shift_key(booking.shift_id) for booking in reported],
                self._conversations: reply_keys(number, reply_ids),
            },
        )
        shifts = map(self._shift_reader.read, rows.get(self._shifts, ()))
        statuses, reasons = reply_outcomes(number, reply_ids, rows.get(self._conversations, ()))
        return ReportedBookings(
            number,
            now,
            bookings,
            {shift.shift_id: shift for shift in shifts},
            statuses,
            reasons.get(text.reply_id, ""),
        )

    def write(self, text: OutboxText, before: ReportedBookings, undone: UndoneBookings) -> None:
        """See `ReportedBookingsStore.write`."""
        number, now = before.phone_number, before.now
        item = InboxItem(undone_item_id(text.reply_id), number, text.origination_identity, undone.report, now)
        updates = [
            *(shift_update(self._shifts, shift) for shift in undone.shifts),
            employee_bookings_update(
                self._employee_bookings, number, before=before.bookings, after=undone.bookings, now=now
            ),
            inbox_item_update(self._operator_inbox, item),
        ]
        actions: list[TransactWriteItemTypeDef] = [{"Update": one} for one in updates]
        deltas = undone_deltas(undone.campaign_ids)
        actions += [counter_action(self._campaign_counters, delta, now=now) for delta in deltas]
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None
