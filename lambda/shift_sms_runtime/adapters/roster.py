"""Who a campaign reaches (SegmentMembers), and who of them wants no texts (Employees)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.adapters.dynamodb import moment, plain, read_batch, wire
from shift_sms_runtime.domain.front_desk import BY_THE_SERVICE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoRoster:
    """See ``Roster``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def page(
        self, segment: str, after: str, limit: int, *, added_by: datetime | None = None
    ) -> tuple[list[str], str | None]:
        """See ``Roster.page``."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#segment = :segment",
            "ExpressionAttributeNames": {"#segment": "segment"},
            "ExpressionAttributeValues": wire({":segment": segment}),
            "ConsistentRead": True,
            "Limit": limit,
        }
        if added_by is not None:
            request["FilterExpression"] = "attribute_not_exists(added_at) OR added_at <= :added_by"
            request["ExpressionAttributeValues"] |= wire({":added_by": moment(added_by)})
        if after:
            request["ExclusiveStartKey"] = wire({"segment": segment, "phone_number": after})
        found = self._client.query(**request)
        members = [str(plain(item)["phone_number"]) for item in found["Items"]]
        # The last member that was looked at, who may be left out.
        last = found.get("LastEvaluatedKey")
        return members, str(plain(last)["phone_number"]) if last else None


class DynamoOptOuts:
    """See ``OptOuts``."""

    def __init__(self, client: "DynamoDBClient", employees: str) -> None:
        self._client = client
        self._employees = employees

    def opted_out(self, numbers: Sequence[str]) -> Collection[str]:
        """See ``OptOuts.opted_out``."""
        keys = [{"phone_number": number} for number in numbers]
        rows = read_batch(self._client, {self._employees: keys}).get(self._employees, [])
        return {row["phone_number"] for row in rows if row.get("opted_out")}

    def refused(self, number: str, *, now: datetime) -> None:
        """See ``OptOuts.refused``: noted for employees; the service remembers the others by itself."""
        try:
            self._client.update_item(
                TableName=self._employees,
                Key=wire({"phone_number": number}),
                UpdateExpression="SET opted_out = :true, opt_changed_at = :now, opt_changed_by = :service",
                ConditionExpression="attribute_exists(phone_number) AND NOT opted_out = :true",
                ExpressionAttributeValues=wire(
                    {":true": True, ":now": moment(now), ":service": BY_THE_SERVICE}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
