"""Reads the rows of an inbound text in one batch, and writes its effect and reply in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact, update
from shift_sms_runtime.bookings.booking import BookingDecision
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundContext
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import Reply
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.conversations import (
    ConversationEntries,
    conversation_keys,
    listing_update,
    reply_update,
)
from shift_sms_runtime.tables.employee_bookings import (
    employee_bookings_key,
    employee_bookings_update,
    read_employee_bookings,
)
from shift_sms_runtime.tables.employees import employee_key, read_employee
from shift_sms_runtime.tables.shifts import shift_key, shift_update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


class DynamoInboundStore:
    """Implements `InboundStore` on DynamoDB.

    Reads are consistent: the employee's next text and a further delivery of this text must see its effect.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employees: str,
        employee_bookings: str,
        conversations: str,
        shifts: str,
        shift_reader: ShiftReader,
        clock: Clock,
    ) -> None:
        """`employees`, `employee_bookings`, `conversations` and `shifts` are the names of the tables."""
        self._client = client
        self._employees = employees
        self._employee_bookings = employee_bookings
        self._conversations = conversations
        self._shifts = shifts
        self._shift_reader = shift_reader
        self._clock = clock

    def read(self, text: InboundText) -> InboundContext:
        """See `InboundStore.read`."""
        return self._read(text, text.candidate_ids)

    def reload(self, context: InboundContext, shift_ids: Iterable[str]) -> InboundContext:
        """See `InboundStore.reload`."""
        ids = tuple(dict.fromkeys((*context.ids_read, *shift_ids)))
        return replace(self._read(context.text, ids), ids_looked_up=context.ids_looked_up)

    def write(self, context: InboundContext, decision: BookingDecision | None, reply: Reply) -> None:
        """See `InboundStore.write`."""
        updates = [*self._updates(context, decision, reply)]
        try:
            if len(updates) == 1:
                update(self._client, updates[0])
            else:
                transact(self._client, [{"Update": one} for one in updates])
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def _read(self, text: InboundText, shift_ids: Sequence[str]) -> InboundContext:
        number, now = text.sender, self._clock()
        keys = {
            self._employees: [employee_key(number)],
            self._employee_bookings: [employee_bookings_key(number)],
            self._conversations: conversation_keys(text, now),
            self._shifts: [shift_key(shift_id) for shift_id in shift_ids],
        }
        rows = read_batch(self._client, keys)
        entries = ConversationEntries(text, now, rows.get(self._conversations, ()))
        employee = next(map(read_employee, rows.get(self._employees, ())), None)
        shifts = map(self._shift_reader.read, rows.get(self._shifts, ()))
        return InboundContext(
            text,
            employee or Employee(number, on_roster=False),
            self._clock(),
            bookings=read_employee_bookings(next(iter(rows.get(self._employee_bookings, ())), None)),
            shifts={shift.shift_id: shift for shift in shifts},
            ids_read=tuple(shift_ids),
            reply_status=entries.reply_status,
            reply=entries.reply,
            listing=entries.listing,
            campaign_id=entries.campaign_id,
            recent_texts=entries.recent_texts,
            offered_shift_id=entries.offered_shift_id,
        )

    def _updates(
        self, context: InboundContext, decision: BookingDecision | None, reply: Reply
    ) -> "Iterable[UpdateTypeDef]":
        number, now = context.employee.phone_number, context.now
        if decision is not None:
            yield reply_update(self._conversations, reply, now=now)
            for shift in decision.changed:
                yield shift_update(self._shifts, shift)
            if decision.bookings != context.bookings:
                yield employee_bookings_update(
                    self._employee_bookings,
                    number,
                    before=context.bookings,
                    after=decision.bookings,
                    now=now,
                )
        if reply.listing is not None:
            yield listing_update(self._conversations, number, reply.listing, now=now)
