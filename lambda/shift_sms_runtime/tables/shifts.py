"""The Shifts table: the shifts with their holders, offers and waiting lists.

A change is written only if no attribute that the decision depends on has changed since the read.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, read_batch, update, wire
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import COMPARED_ATTRIBUTES, ShiftReader, written_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef


_BY_STATUS = "by-status"
"""The name of the index on `shift_status` and `shift_id`."""

_PAGE_SIZE = 100
"""Shifts in one response of a query: more than fit in a text."""


def shift_key(shift_id: str) -> dict[str, str]:
    """Returns the key of a shift."""
    return {"shift_id": shift_id}


def shift_update(table: str, shift: Shift) -> "UpdateTypeDef":
    """Returns the update that writes a changed shift, on the condition that its item has not changed."""
    values: dict[str, object] = {}
    conditions, sets, removes = ["attribute_exists(shift_id)"], [], []
    for name in COMPARED_ATTRIBUTES:
        if name in shift.stored_item:
            values[f":was_{name}"] = shift.stored_item[name]
            conditions.append(f"#{name} = :was_{name}")
        else:
            conditions.append(f"attribute_not_exists(#{name})")
    for name, value in written_attributes(shift).items():
        if value is None:
            removes.append(f"#{name}")
        else:
            values[f":{name}"] = value
            sets.append(f"#{name} = :{name}")
    # There is nothing to set if an operator removed the status of a shift without holders.
    clauses = [
        f"{clause} {', '.join(names)}" for clause, names in (("SET", sets), ("REMOVE", removes)) if names
    ]
    return {
        "TableName": table,
        "Key": wire(shift_key(shift.shift_id)),
        "UpdateExpression": " ".join(clauses),
        "ConditionExpression": " AND ".join(conditions),
        # Some of these names are reserved words. Source: "Reserved words" in the DynamoDB developer guide.
        "ExpressionAttributeNames": {f"#{name}": name for name in COMPARED_ATTRIBUTES},
        "ExpressionAttributeValues": wire(values),
    }


class DynamoShifts:
    """Implements `Shifts`, `ShiftsByStatus` and `ShiftIds` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str, reader: ShiftReader) -> None:
        self._client = client
        self._table = table
        self._reader = reader

    def get(self, shift_id: str) -> Shift | None:
        """See `Shifts.get`."""
        item = self._client.get_item(
            TableName=self._table, Key=wire(shift_key(shift_id)), ConsistentRead=True
        ).get("Item")
        return None if item is None else self._reader.read(plain(item))

    def save(self, shift: Shift) -> None:
        """See `Shifts.save`."""
        try:
            update(self._client, shift_update(self._table, shift))
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """See `ShiftIds.existing`."""
        rows = read_batch(self._client, {self._table: [shift_key(shift_id) for shift_id in shift_ids]})
        return [str(row["shift_id"]) for row in rows.get(self._table, [])]

    def available(self, *, after: str | None) -> Iterator[Shift]:
        """See `ShiftsByStatus.available`."""
        pagination = {"PageSize": _PAGE_SIZE}
        for item in self._by_status(ShiftStatus.AVAILABLE, after=after, PaginationConfig=pagination):
            yield self._reader.read(plain(item))

    def open_and_taken_ids(self) -> Iterator[str]:
        """See `ShiftsByStatus.open_and_taken_ids`."""
        for status in (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN):
            for item in self._by_status(status, ProjectionExpression="shift_id"):
                yield item["shift_id"]["S"]

    def _by_status(
        self, status: str, *, after: str | None = None, **request: Any
    ) -> Iterator[Mapping[str, Any]]:
        condition = "shift_status = :status" + ("" if after is None else " AND shift_id > :after")
        values = {":status": status} | ({} if after is None else {":after": after})
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=_BY_STATUS,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=wire(values),
            **request,
        )
        for page in pages:
            yield from page["Items"]
