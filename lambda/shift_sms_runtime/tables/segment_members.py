"""The SegmentMembers table: key `segment` and `phone_number`, attribute `added_at`.

The index `by-phone-number` has the segments of each number. Operators see only the segments that they make: those that
begin with `role#` are maintained by a function.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import plain, read_batch, sortable_time, wire
from shift_sms_runtime.employees.managers import RESERVED_SEGMENTS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import DeleteTypeDef, PutTypeDef

_BY_PHONE_NUMBER = "by-phone-number"
"""The index on `phone_number` and `segment`."""


def member_key(segment: str, phone_number: str) -> dict[str, str]:
    """Returns the key of a member."""
    return {"segment": segment, "phone_number": phone_number}


def read_member(row: Mapping[str, Any]) -> tuple[str, str]:
    """Returns the segment and the phone number of a row."""
    return str(row["segment"]), str(row["phone_number"])


def member_put(table: str, segment: str, phone_number: str, *, now: datetime) -> "PutTypeDef":
    """Returns the action that adds a member. Its condition fails if the number is one already.

    A campaign that is being planned skips members that were added later.
    """
    return {
        "TableName": table,
        "Item": wire({**member_key(segment, phone_number), "added_at": sortable_time(now)}),
        "ConditionExpression": "attribute_not_exists(phone_number)",
    }


def member_delete(table: str, segment: str, phone_number: str) -> "DeleteTypeDef":
    """Returns the action that deletes a member. It succeeds if the row is gone."""
    return {"TableName": table, "Key": wire(member_key(segment, phone_number))}


class DynamoSegmentMembers:
    """Implements `SegmentMembers` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def page(
        self, segment: str, after: str, limit: int, *, added_until: datetime | None = None
    ) -> tuple[list[str], str | None]:
        """See `SegmentMembers.page`."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#segment = :segment",
            "ExpressionAttributeNames": {"#segment": "segment"},
            "ExpressionAttributeValues": wire({":segment": segment}),
            "ConsistentRead": True,
            "Limit": limit,
        }
        if added_until is not None:
            request["FilterExpression"] = "attribute_not_exists(added_at) OR added_at <= :added_until"
            request["ExpressionAttributeValues"] |= wire({":added_until": sortable_time(added_until)})
        if after:
            request["ExclusiveStartKey"] = wire({"segment": segment, "phone_number": after})
        response = self._client.query(**request)
        members = [str(plain(item)["phone_number"]) for item in response["Items"]]
        # The key of the last member that was read, even if the filter has left it out.
        last = response.get("LastEvaluatedKey")
        return members, str(plain(last)["phone_number"]) if last else None

    def existing(self, segment: str, numbers: Sequence[str]) -> Collection[str]:
        """Returns those of at most 100 numbers that are members as they are written."""
        keys = [member_key(segment, number) for number in dict.fromkeys(numbers)]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, ()) if keys else ()
        return {str(row["phone_number"]) for row in rows}

    def segments_of(self, phone_number: str) -> Sequence[str]:
        """Returns the segments of a number, in order. A membership that was added a moment ago may be missing."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=_BY_PHONE_NUMBER,
            KeyConditionExpression="phone_number = :number",
            ExpressionAttributeValues=wire({":number": phone_number}),
        )
        segments = (str(plain(item)["segment"]) for page in pages for item in page["Items"])
        return [segment for segment in segments if not segment.startswith(RESERVED_SEGMENTS)]

    def all(self) -> Iterator[tuple[str, str]]:
        """Reads the whole table, one page at a time: a segment and a phone number each."""
        for page in self._client.get_paginator("scan").paginate(TableName=self._table):
            members = (read_member(plain(item)) for item in page["Items"])
            yield from (one for one in members if not one[0].startswith(RESERVED_SEGMENTS))

    def join(self, segment: str, number: str) -> None:
        """See `MembersOfSegment.join`."""
        self._client.put_item(TableName=self._table, Item=wire(member_key(segment, number)))

    def leave(self, segment: str, number: str) -> None:
        """See `MembersOfSegment.leave`."""
        self._client.delete_item(TableName=self._table, Key=wire(member_key(segment, number)))
