"""The Employees table: language, roles and opt-outs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shift_sms_runtime.aws.dynamodb import moment, read_batch, wire
from shift_sms_runtime.employees.employee import BY_THE_SERVICE, Employee

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoEmployees:
    """See ``Contacts``."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, numbers: Sequence[str]) -> Mapping[str, Employee]:
        """See ``Contacts.of``."""
        keys = [{"phone_number": number} for number in dict.fromkeys(numbers)]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, [])
        return {
            str(row["phone_number"]): Employee(
                str(row.get("language") or ""), bool(row.get("opted_out")), not row.get("only_opt_out")
            )
            for row in rows
        }


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
