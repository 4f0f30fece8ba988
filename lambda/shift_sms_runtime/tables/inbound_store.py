"""Reads the rows of an inbound text in one batch.

Writes its effect and reply in one transaction.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact, update
from shift_sms_runtime.bookings.booking import BookingDecision
from shift_sms_runtime.campaigns.counters import reply_deltas
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundContext, WaitingReply
from shift_sms_runtime.inbound.inbound_text import InboundText
from shift_sms_runtime.inbound.reply import ListingPosition, Reply
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.campaign_counters import counter_action
from shift_sms_runtime.tables.conversations import (
    ConversationEntries,
    conversation_keys,
    listing_update,
    queued_entry_update,
    text_count_action,
)
from shift_sms_runtime.tables.employee_bookings import (
    employee_bookings_key,
    employee_bookings_update,
    read_employee_bookings,
)
from shift_sms_runtime.tables.employees import employee_key, on_roster_check, read_employee
from shift_sms_runtime.tables.operator_inbox import inbox_item_update
from shift_sms_runtime.tables.outbox import outbox_put
from shift_sms_runtime.tables.shifts import shift_key, shift_update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef


class DynamoInboundRows:
    """Implements `WaitingReplies` on DynamoDB, and the reads of `InboundStore`.

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
        """Takes the names of the four tables."""
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

    def read_reply(self, text: OutboxText) -> WaitingReply | None:
        """See `WaitingReplies.read_reply`."""
        inbound = InboundText(text.reply_id, text.phone_number, text.origination_identity, "", text.queued_at)
        context, entries = self._read_with_entries(inbound, ())
        reply = entries.reply
        if reply is None:
            return None
        shift_ids = context.ids_shown_by(reply)
        return WaitingReply(reply, self.reload(context, shift_ids) if shift_ids else context)

    def move_listing(self, phone_number: str, position: ListingPosition) -> None:
        """See `WaitingReplies.move_listing`."""
        moved = listing_update(self._conversations, phone_number, position, now=self._clock())
        with contextlib.suppress(ConditionsFailed):
            update(
                self._client,
                {**moved, "ConditionExpression": "attribute_not_exists(listed_for) OR listed_for = :for"},
            )

    def _read(self, text: InboundText, shift_ids: Sequence[str]) -> InboundContext:
        return self._read_with_entries(text, shift_ids)[0]

    def _read_with_entries(
        self, text: InboundText, shift_ids: Sequence[str]
    ) -> tuple[InboundContext, ConversationEntries]:
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
        context = InboundContext(
            text,
            employee or Employee(number, on_roster=False),
            self._clock(),
            bookings=read_employee_bookings(next(iter(rows.get(self._employee_bookings, ())), None)),
            shifts={shift.shift_id: shift for shift in shifts},
            ids_read=tuple(shift_ids),
            reply_status=entries.reply_status,
            listing=entries.listing,
            campaign_id=entries.campaign_id,
            recent_texts=entries.recent_texts,
            offered_shift_id=entries.offered_shift_id,
        )
        return context, entries


class DynamoInboundStore(DynamoInboundRows):
    """Implements `InboundStore` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employees: str,
        employee_bookings: str,
        conversations: str,
        campaign_counters: str,
        shifts: str,
        operator_inbox: str,
        outbox: str,
        shift_reader: ShiftReader,
        clock: Clock,
    ) -> None:
        """`employees` to `outbox` are the names of the tables."""
        super().__init__(
            client,
            employees=employees,
            employee_bookings=employee_bookings,
            conversations=conversations,
            shifts=shifts,
            shift_reader=shift_reader,
            clock=clock,
        )
        self._campaign_counters = campaign_counters
        self._operator_inbox = operator_inbox
        self._outbox = outbox

    def write(self, context: InboundContext, reply: Reply, decision: BookingDecision | None = None) -> None:
        """See `InboundStore.write`."""
        text = context.outbox_text
        updates = [
            queued_entry_update(self._conversations, text, now=context.now, reply=reply),
            *self._booking_updates(context, decision),
            *self._further_updates(context, reply, decision),
        ]
        actions: list[TransactWriteItemTypeDef] = [{"Update": one} for one in updates]
        actions += self._counter_actions(context, reply, decision)
        actions += [text_count_action(self._conversations, context.counted), outbox_put(self._outbox, text)]
        if decision is not None and decision.gains_place and context.employee.on_roster:
            # An operator may be removing the employee, whose places are freed only once.
            actions.append(
                {"ConditionCheck": on_roster_check(self._employees, context.employee.phone_number)}
            )
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def _booking_updates(
        self, context: InboundContext, decision: BookingDecision | None
    ) -> "Iterable[UpdateTypeDef]":
        if decision is None:
            return
        for shift in decision.changed:
            yield shift_update(self._shifts, shift)
        if decision.bookings != context.bookings:
            yield employee_bookings_update(
                self._employee_bookings,
                context.employee.phone_number,
                before=context.bookings,
                after=decision.bookings,
                now=context.now,
            )

    def _counter_actions(
        self, context: InboundContext, reply: Reply, decision: BookingDecision | None
    ) -> "list[TransactWriteItemTypeDef]":
        """Returns the actions that count the reply and the seats for campaigns.

        Counts booked and dropped seats.
        """
        deltas = reply_deltas(
            reply.campaign_id,
            at=context.now,
            bookings=decision.seats_booked if decision else 0,
            campaigns_of_dropped_seats=decision.campaigns_of_dropped_seats if decision else (),
        )
        return [counter_action(self._campaign_counters, delta, now=context.now) for delta in deltas]

    def _further_updates(
        self, context: InboundContext, reply: Reply, decision: BookingDecision | None
    ) -> "Iterable[UpdateTypeDef]":
        text, now = context.text, context.now
        if reply.listing is not None:
            yield listing_update(self._conversations, text.sender, reply.listing, now=now)
        if reply.kept_for_operator:
            item = InboxItem(
                text.message_id,
                text.sender,
                text.reply_from,
                text.body,
                now,
                urgent=reply.urgent,
                sick_call=decision is not None and decision.reports_sickness,
            )
            yield inbox_item_update(self._operator_inbox, item)
