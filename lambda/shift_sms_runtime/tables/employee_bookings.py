"""The Agendas table: one row per person with all that person has booked, so that one condition holds all of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, read_batch, update, wire
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift_times import Span

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


_KEPT = timedelta(days=60)
"""After the last of its shifts."""


def agenda_key(phone_number: str) -> dict[str, str]:
    """The key of a person's row."""
    return {"phone_number": phone_number}


def read_agenda(row: Mapping[str, Any] | None) -> EmployeeBookings:
    """The agenda of a row; empty where there is none."""
    shifts = (row or {}).get("shifts", {})
    return EmployeeBookings({shift_id: _booking(shift_id, one) for shift_id, one in shifts.items()})


def agenda_write(
    table: str, phone_number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
) -> "TransactWriteItemTypeDef":
    """Replace an agenda, if it is still as it was read."""
    last = max((one.span.end for one in after.bookings.values() if one.span), default=now)
    return {
        "Update": {
            "TableName": table,
            "Key": wire(agenda_key(phone_number)),
            "UpdateExpression": "SET shifts = :after, expires_at = :expires_at",
            "ConditionExpression": "shifts = :before"
            + ("" if before.bookings else " OR attribute_not_exists(shifts)"),
            "ExpressionAttributeValues": wire(
                {
                    ":before": _shifts(before),
                    ":after": _shifts(after),
                    ":expires_at": int((max(last, now) + _KEPT).timestamp()),
                }
            ),
        }
    }


def _shifts(agenda: EmployeeBookings) -> dict[str, dict[str, str]]:
    return {shift_id: _written(booking) for shift_id, booking in agenda.bookings.items()}


def _written(booking: Booking) -> dict[str, str]:
    times = {} if booking.span is None else {"starts_at": booking.span.start, "ends_at": booking.span.end}
    written = {name: time.isoformat() for name, time in {**times, "booked_at": booking.booked_at}.items()}
    return written | ({"campaign_id": booking.campaign_id} if booking.campaign_id else {})


def _booking(shift_id: str, fields: Mapping[str, str]) -> Booking:
    span = None
    if "starts_at" in fields:
        span = Span(datetime.fromisoformat(fields["starts_at"]), datetime.fromisoformat(fields["ends_at"]))
    booked_at = datetime.fromisoformat(fields["booked_at"])
    return Booking(shift_id, span, booked_at, fields.get("campaign_id"))


class DynamoEmployeeBookings:
    """See ``Agendas``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, numbers: Sequence[str]) -> Mapping[str, EmployeeBookings]:
        """See ``Agendas.of``."""
        rows = read_batch(self._client, {self._table: [agenda_key(number) for number in numbers]})
        by_number = {str(row["phone_number"]): row for row in rows.get(self._table, [])}
        return {number: read_agenda(by_number.get(number)) for number in numbers}

    def replace(
        self, number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
    ) -> None:
        """See ``Agendas.replace``."""
        try:
            update(
                self._client,
                agenda_write(self._table, number, before=before, after=after, now=now)["Update"],
            )
        except ConditionsFailed:
            raise ChangedMeanwhile from None
