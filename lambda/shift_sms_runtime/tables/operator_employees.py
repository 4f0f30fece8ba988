"""Writes operators' changes of employees, and reads what the tables have of one employee.

Each change and its audit record are one transaction.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact, while_throttled
from shift_sms_runtime.campaigns.counters import reply_deltas
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.audit_trail import audit_put
from shift_sms_runtime.tables.campaign_counters import counter_action
from shift_sms_runtime.tables.campaigns import campaign_key
from shift_sms_runtime.tables.conversations import last_campaign_key
from shift_sms_runtime.tables.deliveries import delivery_key
from shift_sms_runtime.tables.employee_bookings import (
    employee_bookings_key,
    employee_bookings_update,
    read_employee_bookings,
)
from shift_sms_runtime.tables.employees import (
    employee_action,
    employee_delete,
    employee_key,
    read_employee_row,
)
from shift_sms_runtime.tables.operator_inbox import inbox_key
from shift_sms_runtime.tables.segment_members import (
    member_delete,
    member_key,
    member_put,
    read_member,
)
from shift_sms_runtime.tables.shifts import DynamoShifts, shift_key, shift_update
from shift_sms_runtime.tables.stored_replies import StoredText, stored_texts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MAX_ACTIONS = 100
"""The actions of one transaction. Source: TransactWriteItems in the DynamoDB API reference."""


@record
class StoredEmployees:
    """What the tables have of several employees."""

    rows: Mapping[str, EmployeeRow]
    """The rows by phone number."""
    members: Collection[tuple[str, str]]
    """The memberships that exist, of those that were asked for: a segment and a phone number each."""


@record
class EmployeeChange:
    """A change of one employee."""

    before: EmployeeRow | None
    after: EmployeeRow
    new_segments: Sequence[str]
    """The segments that the employee joins."""
    record: AuditRecord

    @property
    def actions(self) -> int:
        """The number of actions that write the change."""
        return 2 + len(self.new_segments)


@record
class EmployeePlace:
    """A place of an employee in a shift, and what freeing it depends on."""

    shift: Shift
    bookings: EmployeeBookings


class DynamoOperatorEmployees:
    """Reads and writes the rows of employees that operators change."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employees: str,
        segment_members: str,
        employee_bookings: str,
        shifts: str,
        campaign_counters: str,
        audit_trail: str,
        shift_reader: ShiftReader,
        clock: Clock,
    ) -> None:
        """`employees` to `audit_trail` are the names of the tables."""
        self._client = client
        self._employees = employees
        self._segment_members = segment_members
        self._employee_bookings = employee_bookings
        self._shifts = shifts
        self._campaign_counters = campaign_counters
        self._audit_trail = audit_trail
        self._shift_reader = shift_reader
        self._all_shifts = DynamoShifts(client, shifts, shift_reader)
        self._clock = clock
        self.wait: Callable[[float], None] = time.sleep
        """Waits for a number of seconds while the tables are throttled."""

    def read(self, numbers: Sequence[str], members: Sequence[tuple[str, str]] = ()) -> StoredEmployees:
        """Reads the rows of these numbers, and which of these memberships exist, with strong consistency."""
        rows = self._read_batch(
            {
                self._employees: [employee_key(number) for number in dict.fromkeys(numbers)],
                self._segment_members: [member_key(*member) for member in dict.fromkeys(members)],
            },
        )
        employees = map(read_employee_row, rows.get(self._employees, ()))
        return StoredEmployees(
            {row.phone_number: row for row in employees},
            {read_member(row) for row in rows.get(self._segment_members, ())},
        )

    def write(self, changes: Sequence[EmployeeChange]) -> None:
        """Writes changes of different employees, all or none. They have at most `MAX_ACTIONS` actions.

        Raises:
            ChangedMeanwhile: a row has changed since it was read. Nothing was written.
        """
        actions: list[TransactWriteItemTypeDef] = []
        for change in changes:
            action = employee_action(self._employees, change.before, change.after)
            actions += [action] if action else []
            actions += [
                {
                    "Put": member_put(
                        self._segment_members, segment, change.after.phone_number, now=self._clock()
                    )
                }
                for segment in change.new_segments
            ]
            actions.append({"Put": audit_put(self._audit_trail, change.record)})
        self._transact(actions)

    def shifts_with_places(self, numbers: Collection[str]) -> Iterator[Shift]:
        """See `DynamoShifts.with_places`."""
        return self._all_shifts.with_places(numbers)

    def page_with_places(
        self, number: str, *, limit: int, after: str | None
    ) -> tuple[Sequence[Shift], str | None]:
        """See `DynamoShifts.page_with_places`."""
        return self._all_shifts.page_with_places([number], limit=limit, after=after)

    def read_place(self, number: str, shift_id: str) -> EmployeePlace | None:
        """Reads a shift and the bookings of an employee with strong consistency; None if there is no such shift."""
        rows = self._read_batch(
            {
                self._shifts: [shift_key(shift_id)],
                self._employee_bookings: [employee_bookings_key(number)],
            },
        )
        bookings = read_employee_bookings(next(iter(rows.get(self._employee_bookings, ())), None))
        for item in rows.get(self._shifts, ()):
            return EmployeePlace(self._shift_reader.read(item), bookings)
        return None

    def free_place(self, number: str, place: EmployeePlace, freed: Shift, record: AuditRecord) -> None:
        """Writes a shift in which an employee has no place any longer, with the bookings and the campaign's counter.

        Raises:
            ChangedMeanwhile: a row has changed since it was read. Nothing was written.
        """
        now, before = self._clock(), place.bookings
        actions: list[TransactWriteItemTypeDef] = [{"Update": shift_update(self._shifts, freed)}]
        after = before.without(freed.shift_id).without_waiting(freed.shift_id)
        if after != before:
            update = employee_bookings_update(
                self._employee_bookings, number, before=before, after=after, now=now
            )
            actions.append({"Update": update})
        booking = before.by_shift.get(freed.shift_id)
        had_seat = number in place.shift.holders and booking is not None and booking.campaign_id is not None
        campaigns = [booking.campaign_id] if had_seat and booking and booking.campaign_id else []
        actions += [
            counter_action(self._campaign_counters, delta, now=now)
            for delta in reply_deltas(None, at=now, campaigns_of_dropped_seats=campaigns)
        ]
        actions.append({"Put": audit_put(self._audit_trail, record)})
        self._transact(actions)

    def leave_segments(self, number: str, segments: Sequence[str], record: AuditRecord) -> None:
        """Deletes memberships of an employee. They are fewer than `MAX_ACTIONS`."""
        actions: list[TransactWriteItemTypeDef] = [
            {"Delete": member_delete(self._segment_members, segment, number)} for segment in segments
        ]
        self._transact([*actions, {"Put": audit_put(self._audit_trail, record)}])

    def end_removal(self, row: EmployeeRow, record: AuditRecord) -> None:
        """Deletes the row of an employee who is being removed. If they have opted out, the row keeps only that.

        Raises:
            ChangedMeanwhile: the row has changed since it was read. Nothing was written.
        """
        kept = replace(row, name="", language="", roles=(), removed_at="")
        action = (
            employee_action(self._employees, row, kept)
            if row.opted_out
            else {"Delete": employee_delete(self._employees, row)}
        )
        self._transact([*([action] if action else []), {"Put": audit_put(self._audit_trail, record)}])

    def _read_batch(self, keys: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, list[dict[str, Any]]]:
        return while_throttled(lambda: read_batch(self._client, keys), sleep=self.wait)

    def _transact(self, actions: "Sequence[TransactWriteItemTypeDef]") -> None:
        try:
            while_throttled(lambda: transact(self._client, actions), sleep=self.wait)
        except ConditionsFailed:
            raise ChangedMeanwhile from None


@record
class EmployeeShifts:
    """The bookings of an employee, and the shifts that they name."""

    bookings: EmployeeBookings
    shifts: Mapping[str, Shift]
    """The shifts that exist, by id."""


@record
class EmployeeTexts:
    """The texts of an employee that the tables still have."""

    stored: Sequence[StoredText]
    """The replies and notices."""
    inbox: Sequence[Mapping[str, Any]]
    """The items of the operator inbox."""
    campaign: Mapping[str, Any]
    """The item of the campaign that texted the employee last, with the employee's `delivery`; empty without one."""


class DynamoEmployeeHistory:
    """Reads what the tables have of one employee. The number of rows is bounded."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employee_bookings: str,
        shifts: str,
        conversations: str,
        operator_inbox: str,
        deliveries: str,
        campaigns: str,
        shift_reader: ShiftReader,
    ) -> None:
        """`employee_bookings` to `campaigns` are the names of the tables."""
        self._client = client
        self._employee_bookings = employee_bookings
        self._shifts = shifts
        self._conversations = conversations
        self._operator_inbox = operator_inbox
        self._deliveries = deliveries
        self._campaigns = campaigns
        self._shift_reader = shift_reader

    def shifts_of(self, number: str) -> EmployeeShifts:
        """Reads the bookings of an employee and their shifts."""
        rows = self._rows(self._employee_bookings, [employee_bookings_key(number)])
        bookings = read_employee_bookings(next(iter(rows), None))
        ids = dict.fromkeys((*bookings.by_shift, *bookings.waiting))
        items = self._rows(self._shifts, [shift_key(shift_id) for shift_id in ids])
        return EmployeeShifts(bookings, {one.shift_id: one for one in map(self._shift_reader.read, items)})

    def texts_of(self, number: str, *, limit: int) -> EmployeeTexts:
        """Reads texts of an employee: up to `limit` of each kind, and those of them in the operator inbox."""
        kinds = (ReplyKind.INBOUND, ReplyKind.NOTICE, ReplyKind.OPERATOR_REPLY)
        stored = [
            text
            for kind in kinds
            for text in stored_texts(self._client, self._conversations, number, kind, limit=limit)
        ]
        ids = dict.fromkeys(text.reply_id for text in stored if text.kind is not ReplyKind.NOTICE)
        inbox = self._rows(self._operator_inbox, [inbox_key(one) for one in ids])
        return EmployeeTexts(stored, inbox, self._last_campaign(number))

    def _last_campaign(self, number: str) -> Mapping[str, Any]:
        for entry in self._rows(self._conversations, [last_campaign_key(number)]):
            campaign_id = str(entry["campaign_id"])
            campaign = next(iter(self._rows(self._campaigns, [campaign_key(campaign_id)])), {})
            delivery = next(iter(self._rows(self._deliveries, [delivery_key(campaign_id, number)])), {})
            return {**campaign, **campaign_key(campaign_id), "delivery": delivery}
        return {}

    def _rows(self, table: str, keys: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        return read_batch(self._client, {table: keys}).get(table, []) if keys else []
