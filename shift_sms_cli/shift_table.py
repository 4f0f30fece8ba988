"""The Shifts table in front of an operator. A change is written only while what it was decided on is as it was read:
people book, and the functions write, at the same time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_cli.writes import item_in_the_way, patiently
from shift_sms_runtime.language.locale import ENGLISH, Locale
from shift_sms_runtime.language.locale_files import lexicons, locale
from shift_sms_runtime.language.shift_codes import KnownCodes, near_codes, normalize_code
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import INDEX_ATTRIBUTES, ShiftReader

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

    # Its module is there for type checkers alone.
    from mypy_boto3_dynamodb.service_resource import Table

_MOST_NEAR_MISSES = 5


@dataclass(frozen=True)
class ShiftDefaults:
    """What the stack's settings say of every shift."""

    zone: ZoneInfo
    """Where shifts are that name no time zone."""
    vocabulary: str
    language: str = ENGLISH
    """The one to show texts in."""

    @property
    def locale(self) -> Locale:
        """How shifts are worded."""
        return locale(self.vocabulary, self.language)

    def read(self, item: Mapping[str, Any]) -> Shift:
        """Reads an item as the functions do."""
        return ShiftReader(self.zone, lexicons(self.vocabulary)).read(item)


@dataclass(frozen=True)
class ShiftTable:
    """The Shifts table."""

    dynamodb: "DynamoDBServiceResource"
    name: str

    def get(self, shift_id: str) -> dict[str, Any]:
        """Returns the item as it is now; empty where there is none."""
        return self._table.get_item(Key={"shift_id": shift_id}, ConsistentRead=True).get("Item", {})

    def items(self, statuses: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
        """Returns all items, or those of some statuses. Either reads the whole table."""
        client: Any = self._table.meta.client
        values = {f":status{number}": status for number, status in enumerate(dict.fromkeys(statuses))}
        wanted: Any = {
            "FilterExpression": f"shift_status IN ({', '.join(values)})",
            "ExpressionAttributeValues": values,
        }
        pages = client.get_paginator("scan").paginate(TableName=self.name, **(wanted if values else {}))
        for page in pages:
            yield from page["Items"]

    def codes(self) -> KnownCodes:
        """Returns the codes of all shifts, whatever their status."""
        client: Any = self._table.meta.client
        pages = client.get_paginator("scan").paginate(
            TableName=self.name, ProjectionExpression="shift_id", ConsistentRead=True
        )
        return KnownCodes([str(item["shift_id"]) for page in pages for item in page["Items"]])

    def near(self, shift_id: str) -> list[str]:
        """Returns the codes that somebody who typed this one may have meant."""
        known = self.codes()
        normalized = normalize_code(shift_id)
        near = near_codes(normalized, known.normalized, most=_MOST_NEAR_MISSES)
        return known.ids_of(normalized) or [code for one in near for code in known.ids_of(one)]

    def put_new(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Puts the item where there is none; returns the one that is there, empty where it was put."""
        table = self._table

        def put() -> None:
            table.put_item(
                Item=dict(item),
                ConditionExpression="attribute_not_exists(shift_id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

        try:
            patiently(table.meta.client, put)
        except table.meta.client.exceptions.ConditionalCheckFailedException as error:
            return item_in_the_way(error)
        return {}

    def change(
        self, seen: Mapping[str, Any], changes: Mapping[str, Any], *, while_same: Iterable[str]
    ) -> dict[str, Any] | None:
        """Writes changes on an item while those attributes are as they were seen.

        Returns nothing where that was done, and otherwise the item as it is now, empty where it was deleted.
        """
        table = self._table
        same = tuple(dict.fromkeys((*while_same, *changes)))
        unchanged = [
            f"#{name} = :was_{name}" if name in seen else f"attribute_not_exists(#{name})" for name in same
        ]
        values = {f":{name}": value for name, value in changes.items()}
        values |= {f":was_{name}": seen[name] for name in same if name in seen}

        def update() -> None:
            table.update_item(
                Key={"shift_id": seen["shift_id"]},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
                ConditionExpression=" AND ".join(["attribute_exists(shift_id)", *unchanged]),
                ExpressionAttributeNames={f"#{name}": name for name in same},
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

        try:
            patiently(table.meta.client, update)
        except table.meta.client.exceptions.ConditionalCheckFailedException as error:
            return item_in_the_way(error)
        return None

    def cancel(self, shift_id: str) -> tuple[bool, dict[str, Any]]:
        """Cancels a shift that is not cancelled; returns whether that was done, and the item before.

        The item is empty where there is none.
        """
        table = self._table

        def update() -> dict[str, Any]:
            before = table.update_item(
                Key={"shift_id": shift_id},
                UpdateExpression=f"SET shift_status = :cancelled REMOVE {', '.join(INDEX_ATTRIBUTES)}",
                ConditionExpression="attribute_exists(shift_id) AND NOT shift_status = :cancelled",
                ExpressionAttributeValues={":cancelled": ShiftStatus.CANCELED.value},
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
            return before.get("Attributes", {})

        try:
            return True, patiently(table.meta.client, update)
        except table.meta.client.exceptions.ConditionalCheckFailedException as error:
            return False, item_in_the_way(error)

    @property
    def _table(self) -> "Table":
        return self.dynamodb.Table(self.name)
