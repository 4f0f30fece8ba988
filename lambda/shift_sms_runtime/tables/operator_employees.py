"""Writes operators' changes of employees. Each change and its audit record are one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact
from shift_sms_runtime.campaigns.counters import reply_deltas
from shift_sms_runtime.employees.employee_row import EmployeeRow
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.audit_trail import audit_put
from shift_sms_runtime.tables.campaign_counters import counter_action
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
from shift_sms_runtime.tables.segment_members import (
    member_delete,
    member_key,
    member_put,
    read_member,
)
from shift_sms_runtime.tables.shifts import DynamoShifts, shift_key, shift_update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MAX_ACTIONS = 100
"""The actions of one transaction. Source: TransactWriteItems in the DynamoDB API reference."""


@dataclass(frozen=True)
class StoredEmployees:
    """What the tables have of several employees."""

    rows: Mapping[str, EmployeeRow]
    """The rows by phone number."""
    members: Collection[tuple[str, str]]
    """The memberships that exist, of those that were asked for: a segment and a phone number each."""


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
        self._clock = clock

    def read(self, numbers: Sequence[str], members: Sequence[tuple[str, str]] = ()) -> StoredEmployees:
        """Reads the rows of these numbers, and which of these memberships exist, with strong consistency."""
        rows = read_batch(
            self._client,
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
        return DynamoShifts(self._client, self._shifts, self._shift_reader).with_places(numbers)

    def read_place(self, number: str, shift_id: str) -> EmployeePlace | None:
        """Reads a shift and the bookings of an employee with strong consistency; None if there is no such shift."""
        rows = read_batch(
            self._client,
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
        for delta in reply_deltas(None, at=now, campaigns_of_dropped_seats=campaigns):
            actions.append(counter_action(self._campaign_counters, delta, now=now))
        actions.append({"Put": audit_put(self._audit_trail, record)})
        self._transact(actions)

    def leave_segments(self, number: str, segments: Sequence[str], record: AuditRecord) -> None:
        """Deletes memberships of an employee. They are fewer than `MAX_ACTIONS`."""
        self._transact(
            [
                *({"Delete": member_delete(self._segment_members, segment, number)} for segment in segments),
                {"Put": audit_put(self._audit_trail, record)},
            ]
        )

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

    def _transact(self, actions: "Sequence[TransactWriteItemTypeDef]") -> None:
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None
