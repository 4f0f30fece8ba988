"""Reads and writes everything that an inbound text concerns: one batch read and one transaction."""

from datetime import datetime
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact, update
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.inbound.context import InboundQuery, InboundRecord, ListingPlace
from shift_sms_runtime.inbound.reply import Effect
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.conversations import ConversationEntries, decided_update, listing_update
from shift_sms_runtime.tables.employee_bookings import (
    employee_bookings_key,
    read_employee_bookings,
    replace_employee_bookings,
)
from shift_sms_runtime.tables.employees import employee_key, read_employee
from shift_sms_runtime.tables.shifts import save_shift, shift_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoInboundStore:
    """Reads consistently: what one text has changed must be seen by the next one, and by its own next delivery."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employees: str,
        conversations: str,
        shifts: str,
        agendas: str,
        shift_reader: ShiftReader,
    ) -> None:
        self._client = client
        self._employees = employees
        self._conversations = conversations
        self._shifts = shifts
        self._agendas = agendas
        self._shift_reader = shift_reader

    def look_up(self, question: InboundQuery) -> InboundRecord:
        """See ``FrontDesk.look_up``."""
        sender = question.sender
        entries = ConversationEntries(sender, question.message_id, question.answers_to, question.now)
        found = read_batch(
            self._client,
            {
                self._employees: [employee_key(sender)],
                self._agendas: [employee_bookings_key(sender)],
                self._conversations: entries.keys,
                **(
                    {self._shifts: [shift_key(one) for one in question.shift_ids]}
                    if question.shift_ids
                    else {}
                ),
            },
        )
        entries.fill(found.get(self._conversations, []))
        employee = next(map(read_employee, found.get(self._employees, [])), None)
        shifts = map(self._shift_reader.read, found.get(self._shifts, []))
        return InboundRecord(
            employee or Employee(sender, on_roster=False),
            campaign_id=entries.campaign_id,
            answer=entries.reply_status,
            decided=entries.decided,
            listing=entries.listing,
            recent=entries.recent,
            offered=entries.offered,
            agenda=read_employee_bookings(next(iter(found.get(self._agendas, [])), None)),
            shifts={shift.shift_id: shift for shift in shifts},
        )

    def remember_listing(self, sender: str, place: ListingPlace, *, now: datetime) -> None:
        """See ``FrontDesk.remember_listing``."""
        update(self._client, listing_update(self._conversations, sender, place, now=now))

    def write(self, effect: Effect) -> None:
        """See ``FrontDesk.write``."""
        actions: list[TransactWriteItemTypeDef] = [
            {
                "Update": decided_update(
                    self._conversations, effect.person, effect.message_id, effect.decided, now=effect.now
                )
            }
        ]
        actions += [{"Update": save_shift(self._shifts, shift)} for shift in effect.changed]
        if effect.after != effect.before:
            actions.append(
                {
                    "Update": replace_employee_bookings(
                        self._agendas,
                        effect.person,
                        before=effect.before,
                        after=effect.after,
                        now=effect.now,
                    )
                }
            )
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None
