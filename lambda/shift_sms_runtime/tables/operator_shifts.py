"""What operators write to shifts: each change, its audit record and its notice in one transaction."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.audit.audit_record import AuditRecord
from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, transact
from shift_sms_runtime.campaigns.counters import reply_deltas
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.tables.audit_trail import audit_put
from shift_sms_runtime.tables.campaign_counters import counter_action
from shift_sms_runtime.tables.conversations import queued_entry_update
from shift_sms_runtime.tables.employee_bookings import (
    employee_bookings_key,
    employee_bookings_update,
    read_employee_bookings,
)
from shift_sms_runtime.tables.employees import on_roster_check
from shift_sms_runtime.tables.outbox import outbox_put
from shift_sms_runtime.tables.shifts import shift_edit, shift_put, shift_update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@record
class SeatChange:
    """A seat that an operator gives to an employee, or takes away."""

    shift: Shift
    """After the change, with the item as it was read."""
    phone_number: str
    bookings_before: EmployeeBookings
    bookings_after: EmployeeBookings
    text: OutboxText | None
    """Informs the employee; None if the employee cannot be texted."""
    gives_to_employee: bool = False
    """Whether an employee of the roster gets the seat. Another operator may be removing the employee."""
    campaign_id: str | None = None
    """The campaign that had filled the seat that is taken away. It does not count it any longer."""


class DynamoOperatorShifts:
    """Writes what operators change. Nothing is written if a row has changed since it was read."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        employees: str,
        shifts: str,
        employee_bookings: str,
        conversations: str,
        outbox: str,
        campaign_counters: str,
        audit_trail: str,
        clock: Clock,
    ) -> None:
        """`employees` to `audit_trail` are the names of the tables."""
        self._client = client
        self._employees = employees
        self._shifts = shifts
        self._employee_bookings = employee_bookings
        self._conversations = conversations
        self._outbox = outbox
        self._campaign_counters = campaign_counters
        self._audit_trail = audit_trail
        self._clock = clock

    def add(self, item: Mapping[str, object], record: AuditRecord) -> Mapping[str, Any] | None:
        """Adds a shift. Returns the item that has its id already; None if the shift was added."""
        try:
            self._transact([{"Put": shift_put(self._shifts, item)}], record)
        except ConditionsFailed as failed:
            condition = failed.by_action[0]
            return (condition.row if condition else None) or {}
        return None

    def edit(self, shift: Shift, attributes: Mapping[str, object], record: AuditRecord) -> None:
        """Writes attributes of a shift as it was read. None removes one.

        Raises:
            ChangedMeanwhile: the item has changed since it was read.
        """
        self._change([{"Update": shift_edit(self._shifts, shift, attributes)}], record)

    def bookings_of(self, phone_number: str) -> EmployeeBookings:
        """Returns what an employee has booked. The read is consistent."""
        keys = {self._employee_bookings: [employee_bookings_key(phone_number)]}
        rows = read_batch(self._client, keys).get(self._employee_bookings, ())
        return read_employee_bookings(next(iter(rows), None))

    def change_seat(self, change: SeatChange, record: AuditRecord) -> None:
        """Writes the shift, the employee's bookings, the counters of a campaign and the text, all or nothing.

        Raises:
            ChangedMeanwhile: a row has changed since it was read.
        """
        now, number = self._clock(), change.phone_number
        actions: list[TransactWriteItemTypeDef] = [{"Update": shift_update(self._shifts, change.shift)}]
        if change.bookings_after != change.bookings_before:
            bookings = employee_bookings_update(
                self._employee_bookings,
                number,
                before=change.bookings_before,
                after=change.bookings_after,
                now=now,
            )
            actions.append({"Update": bookings})
        if change.gives_to_employee:
            actions.append({"ConditionCheck": on_roster_check(self._employees, number)})
        if change.campaign_id is not None:
            deltas = reply_deltas(None, at=now, campaigns_of_dropped_seats=[change.campaign_id])
            actions += [counter_action(self._campaign_counters, delta, now=now) for delta in deltas]
        if change.text is not None:
            entry = queued_entry_update(self._conversations, change.text, now=now)
            actions += [{"Update": entry}, outbox_put(self._outbox, change.text)]
        self._change(actions, record)

    def _change(self, actions: "Sequence[TransactWriteItemTypeDef]", record: AuditRecord) -> None:
        try:
            self._transact(actions, record)
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def _transact(self, actions: "Sequence[TransactWriteItemTypeDef]", record: AuditRecord) -> None:
        transact(self._client, [*actions, {"Put": audit_put(self._audit_trail, record)}])
