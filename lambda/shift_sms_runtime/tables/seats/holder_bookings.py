"""Writes a shift and the bookings of holders whom an operator wrote by hand in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, transact
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.tables.employee_bookings import employee_bookings_update
from shift_sms_runtime.tables.shifts import shift_update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoHolderBookings:
    """Implements `HolderBookings` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, shifts: str, employee_bookings: str) -> None:
        """`shifts` and `employee_bookings` are the names of the tables."""
        self._client = client
        self._shifts = shifts
        self._employee_bookings = employee_bookings

    def add(
        self,
        shift: Shift,
        *,
        before: Mapping[str, EmployeeBookings],
        after: Mapping[str, EmployeeBookings],
        now: datetime,
    ) -> None:
        """See `HolderBookings.add`."""
        actions: list[TransactWriteItemTypeDef] = [{"Update": shift_update(self._shifts, shift)}]
        actions += [
            {
                "Update": employee_bookings_update(
                    self._employee_bookings, number, before=before[number], after=bookings, now=now
                )
            }
            for number, bookings in after.items()
        ]
        try:
            transact(self._client, actions)
        except ConditionsFailed:
            raise ChangedMeanwhile from None
