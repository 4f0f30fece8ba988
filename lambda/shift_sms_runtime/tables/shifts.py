"""The Shifts table: who has which seat, and who waits for one. Each change is written only while all that it was
decided on is as it was read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, read_batch, update, wire
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import DECISIVE, ShiftReader

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


BY_STATUS = "by-status"


_SHIFTS_ON_A_PAGE = 100
"""More than one text has room for."""


def shift_key(shift_id: str) -> dict[str, str]:
    """The key of a shift."""
    return {"shift_id": shift_id}


def shift_write(table: str, shift: Shift) -> "UpdateTypeDef":
    """Write what has changed of a shift, if its item is still as it was read."""
    values: dict[str, object] = {}
    conditions, sets, removes = ["attribute_exists(shift_id)"], [], []
    for name in DECISIVE:
        if name in shift.stored:
            values[f":was_{name}"] = shift.stored[name]
            conditions.append(f"#{name} = :was_{name}")
        else:
            conditions.append(f"attribute_not_exists(#{name})")
    for name, value in shift.item().items():
        if value is None:
            removes.append(f"#{name}")
        else:
            values[f":{name}"] = value
            sets.append(f"#{name} = :{name}")
    # An operator may have taken away the status, and then nothing is set.
    clauses = [f"{what} {', '.join(names)}" for what, names in (("SET", sets), ("REMOVE", removes)) if names]
    return {
        "TableName": table,
        "Key": wire(shift_key(shift.shift_id)),
        "UpdateExpression": " ".join(clauses),
        "ConditionExpression": " AND ".join(conditions),
        # Some of the names are words of DynamoDB's own.
        "ExpressionAttributeNames": {f"#{name}": name for name in DECISIVE},
        "ExpressionAttributeValues": wire(values),
    }


class DynamoShiftIds:
    """See ``ShiftIds``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """See ``ShiftIds.existing``."""
        rows = read_batch(self._client, {self._table: [shift_key(shift_id) for shift_id in shift_ids]})
        return [str(row["shift_id"]) for row in rows.get(self._table, [])]


class DynamoShifts:
    """See ``KeptShifts``."""

    def __init__(self, client: "DynamoDBClient", table: str, reader: ShiftReader) -> None:
        self._client = client
        self._table = table
        self._reader = reader

    def get(self, shift_id: str) -> Shift | None:
        """See ``KeptShifts.get``."""
        item = self._client.get_item(
            TableName=self._table, Key=wire(shift_key(shift_id)), ConsistentRead=True
        ).get("Item")
        return None if item is None else self._reader.read(plain(item))

    def save(self, shift: Shift) -> None:
        """See ``KeptShifts.save``."""
        try:
            update(self._client, shift_write(self._table, shift))
        except ConditionsFailed:
            raise ChangedMeanwhile from None
