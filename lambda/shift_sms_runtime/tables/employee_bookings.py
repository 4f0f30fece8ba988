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
        {shift_id: _read_span(times) for shift_id, times in stored.get("sick_shifts", {}).items()},
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
    conditions, written, removed = [], ["shifts = :after", "expires_at = :expires_at"], []
    for name, old, new in (
        ("waiting_list", list(before.waiting), list(after.waiting)),
        ("sick_shifts", _format_sick(before), _format_sick(after)),
    ):
        conditions.append(f"{name} = :{name}_before" if old else f"attribute_not_exists({name})")
        values |= {f":{name}_before": old} if old else {}
        if new:
            written.append(f"{name} = :{name}")
            values[f":{name}"] = new
        else:
            removed.append(name)
    no_bookings = "" if before.by_shift else " OR attribute_not_exists(shifts)"
    removal = f" REMOVE {', '.join(removed)}" if removed else ""
    return {
        "TableName": table,
        "Key": wire(employee_bookings_key(phone_number)),
        "UpdateExpression": f"SET {', '.join(written)}{removal}",
        "ConditionExpression": f"(shifts = :before{no_bookings}) AND {' AND '.join(conditions)}",
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


def _format_sick(bookings: EmployeeBookings) -> dict[str, dict[str, str]]:
    return {shift_id: _format_span(span) for shift_id, span in bookings.sick.items()}


def _format_span(span: Span) -> dict[str, str]:
    return {"starts_at": span.start.isoformat(), "ends_at": span.end.isoformat()}


def _read_span(fields: Mapping[str, Any]) -> Span:
    return Span(datetime.fromisoformat(fields["starts_at"]), datetime.fromisoformat(fields["ends_at"]))


def _format_booking(booking: Booking) -> dict[str, object]:
    times = {} if booking.span is None else _format_span(booking.span)
    fields: dict[str, object] = {**times, "booked_at": booking.booked_at.isoformat()}
    fields |= {"campaign_id": booking.campaign_id} if booking.campaign_id else {}
    return fields | ({"reply_ids": list(booking.reply_ids)} if booking.reply_ids else {})


def _read_booking(shift_id: str, fields: Mapping[str, Any]) -> Booking:
    span = _read_span(fields) if "starts_at" in fields else None
    booked_at = datetime.fromisoformat(fields["booked_at"])
    return Booking(shift_id, span, booked_at, fields.get("campaign_id"), tuple(fields.get("reply_ids", ())))
