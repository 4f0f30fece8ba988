"""The EmployeeBookings table.

One row has all bookings of an employee, so one condition covers them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, update, wire
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_times import Span

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


_KEPT = timedelta(days=60)
"""How long a row is kept after the end of its last shift."""


def employee_bookings_key(phone_number: str) -> dict[str, str]:
    """Returns the key of an employee's row."""
    return {"phone_number": phone_number}


def read_employee_bookings(row: Mapping[str, Any] | None) -> EmployeeBookings:
    """Returns the bookings in a row. Without a row there are none."""
    stored = row or {}
    return EmployeeBookings(
        {shift_id: _read_booking(shift_id, fields) for shift_id, fields in stored.get("shifts", {}).items()},
        tuple(stored.get("waiting_list", ())),
    )


def employee_bookings_update(
    table: str, phone_number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
) -> "UpdateTypeDef":
    """Returns the update that replaces an employee's bookings.

    Its condition is that they still equal `before`.
    """
    last_end = max((booking.span.end for booking in after.by_shift.values() if booking.span), default=now)
    values: dict[str, object] = {
        ":before": _format_bookings(before),
        ":after": _format_bookings(after),
        ":expires_at": int((max(last_end, now) + _KEPT).timestamp()),
    }
    unchanged, waiting = "attribute_not_exists(waiting_list)", " REMOVE waiting_list"
    if before.waiting:
        unchanged, values[":waited_before"] = "waiting_list = :waited_before", list(before.waiting)
    if after.waiting:
        waiting, values[":waiting"] = ", waiting_list = :waiting", list(after.waiting)
    no_bookings = "" if before.by_shift else " OR attribute_not_exists(shifts)"
    return {
        "TableName": table,
        "Key": wire(employee_bookings_key(phone_number)),
        "UpdateExpression": f"SET shifts = :after, expires_at = :expires_at{waiting}",
        "ConditionExpression": f"(shifts = :before{no_bookings}) AND {unchanged}",
        "ExpressionAttributeValues": wire(values),
    }


class DynamoEmployeeBookings:
    """Implements `EmployeeBookingsStore` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, numbers: Sequence[str]) -> Mapping[str, EmployeeBookings]:
        """See `EmployeeBookingsStore.of`."""
        keys = [employee_bookings_key(number) for number in numbers]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, [])
        by_number = {str(row["phone_number"]): row for row in rows}
        return {number: read_employee_bookings(by_number.get(number)) for number in numbers}

    def replace(
        self, number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
    ) -> None:
        """See `EmployeeBookingsStore.replace`."""
        request = employee_bookings_update(self._table, number, before=before, after=after, now=now)
        try:
            update(self._client, request)
        except ConditionsFailed:
            raise ChangedMeanwhile from None


def _format_bookings(bookings: EmployeeBookings) -> dict[str, dict[str, object]]:
    return {shift_id: _format_booking(booking) for shift_id, booking in bookings.by_shift.items()}


def _format_booking(booking: Booking) -> dict[str, object]:
    times = {} if booking.span is None else {"starts_at": booking.span.start, "ends_at": booking.span.end}
    fields: dict[str, object] = {
        name: time.isoformat() for name, time in {**times, "booked_at": booking.booked_at}.items()
    }
    fields |= {"campaign_id": booking.campaign_id} if booking.campaign_id else {}
    return fields | ({"reply_ids": list(booking.reply_ids)} if booking.reply_ids else {})


def _read_booking(shift_id: str, fields: Mapping[str, Any]) -> Booking:
    span = None
    if "starts_at" in fields:
        span = Span(datetime.fromisoformat(fields["starts_at"]), datetime.fromisoformat(fields["ends_at"]))
    booked_at = datetime.fromisoformat(fields["booked_at"])
    return Booking(shift_id, span, booked_at, fields.get("campaign_id"), tuple(fields.get("reply_ids", ())))
