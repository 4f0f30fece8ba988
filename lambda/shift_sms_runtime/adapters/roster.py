"""The SegmentMembers table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shift_sms_runtime.adapters.dynamodb import plain, wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoRoster:
    """Who a campaign reaches."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def members(self, segment: str) -> Iterator[str]:
        """See ``Roster.members``."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#segment = :segment",
            ExpressionAttributeNames={"#segment": "segment"},
            ExpressionAttributeValues=wire({":segment": segment}),
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                yield str(plain(item)["phone_number"])
