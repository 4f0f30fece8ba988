"""The Shifts table: the shifts with their holders, offers and waiting lists.

A change is written only if no attribute that the decision depends on has changed since the read.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.aws.cursors import cursor_of, start_key
from shift_sms_runtime.aws.dynamodb import ConditionsFailed, plain, read_batch, update, wire
from shift_sms_runtime.shift_lists.index_parts import IndexPart
from shift_sms_runtime.shift_lists.ports import OpenShifts
from shift_sms_runtime.shifts.filling.urgent_fill import URGENT_FILL_ATTRIBUTES
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import (
    COMPARED_ATTRIBUTES,
    FILL_ATTRIBUTES,
    START_LIST,
    ShiftReader,
    index_attributes,
    listed_role,
    written_attributes,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, QueryOutputTypeDef, UpdateTypeDef


_OPEN_SHIFTS = "open-shifts"
"""The index on `listed_role` and `listed_at`."""

_BY_CODE = "by-code"
"""The index on `code_initial` and `code`."""

_BY_START = "by-start"
"""The index on `start_list` and `start_position`."""

_PLACES = ("shift_status", "employee", "employees", "waiting_list", "offers")
"""The attributes that have the holders, offers and waiting list of a shift."""


def shift_key(shift_id: str) -> dict[str, str]:
    """Returns the key of a shift."""
    return {"shift_id": shift_id}


def shift_update(table: str, shift: Shift) -> "UpdateTypeDef":
    """Returns the update that writes a changed shift.

    Its condition is that the item has not changed.
    """
    fill = URGENT_FILL_ATTRIBUTES if shift.urgent_fill else ()
    return _update_unchanged(table, shift, _written(shift), compared=(*COMPARED_ATTRIBUTES, *fill))


def shift_put(table: str, item: Mapping[str, object]) -> "PutTypeDef":
    """Returns the write that adds a shift, on the condition that there is none with its id."""
    return {
        "TableName": table,
        "Item": wire(item),
        "ConditionExpression": "attribute_not_exists(shift_id)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def shift_edit(table: str, shift: Shift, written: Mapping[str, object]) -> "UpdateTypeDef":
    """Returns the update that writes what an operator edits, on the condition that nothing has changed since the read.

    None removes an attribute. Unlike decisions of functions, an edit also depends on `shift_info` and the fill plan.
    """
    compared = (*COMPARED_ATTRIBUTES, "shift_info", *FILL_ATTRIBUTES)
    return _update_unchanged(table, shift, written, compared=compared)


def fill_update(table: str, shift: Shift, written: Mapping[str, object]) -> "UpdateTypeDef":
    """Returns the update that writes the status of a fill plan.

    Its condition is that neither the shift nor its fill plan has changed since the read.
    """
    return _update_unchanged(table, shift, written, compared=(*COMPARED_ATTRIBUTES, *FILL_ATTRIBUTES))


def _written(shift: Shift) -> dict[str, object]:
    return {**written_attributes(shift), **index_attributes(shift)}


def _update_unchanged(
    table: str,
    shift: Shift,
    written: Mapping[str, object],
    compared: Sequence[str] = COMPARED_ATTRIBUTES,
) -> "UpdateTypeDef":
    """Returns an update on the condition that the item is as it was read.

    None removes an attribute.
    """
    values: dict[str, object] = {}
    conditions, sets, removes = ["attribute_exists(shift_id)"], [], []
    for name in compared:
        if name in shift.stored_item:
            values[f":was_{name}"] = shift.stored_item[name]
            conditions.append(f"#{name} = :was_{name}")
        else:
            conditions.append(f"attribute_not_exists(#{name})")
    for name, value in written.items():
        if value is None:
            removes.append(f"#{name}")
        else:
            values[f":{name}"] = value
            sets.append(f"#{name} = :{name}")
    # There is nothing to set if an operator removed the status of a shift without holders.
    clauses = [
        f"{clause} {', '.join(names)}" for clause, names in (("SET", sets), ("REMOVE", removes)) if names
    ]
    request: UpdateTypeDef = {
        "TableName": table,
        "Key": wire(shift_key(shift.shift_id)),
        "UpdateExpression": " ".join(clauses),
        "ConditionExpression": " AND ".join(conditions),
        # Some of these names are reserved words. Source: "Reserved words" in the DynamoDB developer guide.
        "ExpressionAttributeNames": {f"#{name}": name for name in (*compared, *written)},
    }
    # The argument must not be empty.
    if values:
        request["ExpressionAttributeValues"] = wire(values)
    return request


class DynamoShifts:
    """Implements `Shifts`, `ShiftIndexes` and `ShiftIds` on DynamoDB."""

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
        self.write_attributes(shift, _written(shift))

    def existing(self, shift_ids: Sequence[str]) -> Sequence[str]:
        """See `ShiftIds.existing`."""
        rows = read_batch(self._client, {self._table: [shift_key(shift_id) for shift_id in shift_ids]})
        return [str(row["shift_id"]) for row in rows.get(self._table, [])]

    def write_attributes(self, shift: Shift, attributes: Mapping[str, object]) -> None:
        """See `Shifts.write_attributes`."""
        try:
            update(self._client, _update_unchanged(self._table, shift, attributes))
        except ConditionsFailed:
            raise ChangedMeanwhile from None

    def with_places(self, numbers: Collection[str]) -> Iterator[Shift]:
        """Reads the whole table, one page at a time, and returns the shifts in which a number has a place.

        A place is a seat, an offer or a place on the waiting list. The shifts have only these attributes.
        """
        after: str | None = None
        while True:
            shifts, after = self.page_with_places(numbers, after=after)
            yield from shifts
            if after is None:
                return

    def page_with_places(
        self, numbers: Collection[str], *, limit: int | None = None, after: str | None = None
    ) -> tuple[Sequence[Shift], str | None]:
        """Reads part of the table, and returns the shifts in it as `with_places` does, and the cursor of the next part.

        Args:
            numbers: The numbers.
            limit: The most items to read. By default as many as one call reads.
            after: The cursor that the part before has returned.

        Raises:
            UnusableCursor: `after` is no cursor of this table.
        """
        request: dict[str, Any] = {} if limit is None else {"Limit": limit}
        response = self._client.scan(
            TableName=self._table,
            ConsistentRead=True,
            ProjectionExpression=", ".join(("shift_id", "seats", *_PLACES)),
            **request,
            **start_key(after, "shift_id"),
        )
        shifts = [self._reader.read(plain(item)) for item in response["Items"]]
        found = [
            shift
            for shift in shifts
            if any(number in numbers for number in (*shift.holders, *shift.offers, *shift.waiting))
        ]
        return found, cursor_of(response.get("LastEvaluatedKey"))

    @property
    def zone(self) -> ZoneInfo:
        """See `OpenShiftIndex.zone`."""
        return self._reader.zone

    def open_shifts(self, role: str, part: IndexPart, *, most: int) -> OpenShifts:
        """See `OpenShiftIndex.open_shifts`."""
        condition, values = "listed_at > :after", {":role": listed_role(role), ":after": part.after}
        request: dict[str, Any] = {}
        if part.before is not None:
            # BETWEEN includes its limits. No position equals `before`, which is a time alone.
            condition, values[":before"] = "listed_at BETWEEN :after AND :before", part.before
        if part.own_zone_only:
            # TIMEZONE may become a reserved word.
            request = {
                "FilterExpression": "attribute_exists(#timezone)",
                "ExpressionAttributeNames": {"#timezone": "timezone"},
            }
        response = self._query(
            _OPEN_SHIFTS, f"listed_role = :role AND {condition}", values, Limit=most, **request
        )
        # The index has only what a list shows. Every shift in it has a free seat.
        shifts = {
            item["listed_at"]["S"]: self._reader.read({**plain(item), "shift_status": ShiftStatus.AVAILABLE})
            for item in response["Items"]
            if item["listed_at"]["S"] != part.after
        }
        last = response.get("LastEvaluatedKey")
        return OpenShifts(shifts, read_to=last["listed_at"]["S"] if last else None)

    def ids_from(self, code: str, *, most: int) -> Sequence[str]:
        """See `ShiftIndexes.ids_from`."""
        return self._ids("code_initial = :initial AND code >= :code", code, most, ScanIndexForward=True)

    def ids_before(self, code: str, *, most: int) -> Sequence[str]:
        """See `ShiftIndexes.ids_before`."""
        return self._ids("code_initial = :initial AND code < :code", code, most, ScanIndexForward=False)

    def ids_by_start(self, *, after: str, before: str, most: int) -> Sequence[tuple[str, str]]:
        """Returns the ids of shifts in the order of their start, each with its position.

        Args:
            after: The position after which the list begins.
            before: The list ends before this position, which no shift has.
            most: The largest number of ids to return.
        """
        response = self._query(
            _BY_START,
            "start_list = :list AND start_position BETWEEN :after AND :before",
            {":list": START_LIST, ":after": after, ":before": before},
            # BETWEEN includes the shift at `after`.
            Limit=most + 1,
            ProjectionExpression="shift_id, start_position",
        )
        items = [(item["start_position"]["S"], item["shift_id"]["S"]) for item in response["Items"]]
        return [(position, shift_id) for position, shift_id in items if position != after][:most]

    def of(self, shift_ids: Sequence[str]) -> Sequence[Shift]:
        """Returns the shifts that exist, as they are now and in the given order."""
        rows = read_batch(self._client, {self._table: [shift_key(shift_id) for shift_id in shift_ids]})
        shifts = {one.shift_id: one for one in map(self._reader.read, rows.get(self._table, []))}
        return [shifts[shift_id] for shift_id in shift_ids if shift_id in shifts]

    def all(self) -> Iterator[Shift]:
        """Yields all shifts in any order. Reads the whole table, one page at a time."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        for page in pages:
            yield from (self._reader.read(plain(item)) for item in page["Items"])

    def _ids(self, condition: str, code: str, most: int, **request: Any) -> list[str]:
        values = {":initial": code[0], ":code": code}
        response = self._query(_BY_CODE, condition, values, Limit=most, **request)
        return [item["shift_id"]["S"] for item in response["Items"]]

    def _query(
        self, index: str, condition: str, values: Mapping[str, object], **request: Any
    ) -> "QueryOutputTypeDef":
        return self._client.query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=wire(values),
            **request,
        )
