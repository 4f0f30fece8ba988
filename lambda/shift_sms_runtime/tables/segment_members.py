"""The SegmentMembers table: key `segment` and `phone_number`, attribute `added_at`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import plain, read_batch, sortable_time, wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


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
        keys = [{"segment": segment, "phone_number": number} for number in dict.fromkeys(numbers)]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, ()) if keys else ()
        return {str(row["phone_number"]) for row in rows}
