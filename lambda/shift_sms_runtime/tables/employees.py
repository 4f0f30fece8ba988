"""The Employees table: language, roles and opt-outs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import read_batch, sortable_time, wire
from shift_sms_runtime.employees.employee import BY_THE_SERVICE, Employee

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def employee_key(phone_number: str) -> dict[str, str]:
    """Returns the key of an employee's row."""
    return {"phone_number": phone_number}


def read_employee(row: Mapping[str, Any]) -> Employee:
    """Reads a row of the table."""
    return Employee(
        phone_number=str(row["phone_number"]),
        on_roster=not row.get("only_opt_out"),
        language=str(row.get("language") or ""),
        roles=_roles(row),
        opted_out=bool(row.get("opted_out")),
        opted_out_by=row.get("opt_changed_by"),
    )


class DynamoEmployees:
    """Implements `Employees` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, numbers: Sequence[str]) -> Mapping[str, Employee]:
        """See `Employees.of`."""
        keys = [employee_key(number) for number in dict.fromkeys(numbers)]
        rows = read_batch(self._client, {self._table: keys}).get(self._table, [])
        employees = map(read_employee, rows)
        return {employee.phone_number: employee for employee in employees}

    def opted_out(self, numbers: Sequence[str]) -> Collection[str]:
        """See `Employees.opted_out`."""
        return {number for number, employee in self.of(numbers).items() if employee.opted_out}

    def refused(self, number: str, *, now: datetime) -> None:
        """See `Employees.refused`. Numbers without a row get none: the service's opt-out list has them."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=wire(employee_key(number)),
                UpdateExpression="SET opted_out = :true, opt_changed_at = :now, opt_changed_by = :service",
                ConditionExpression="attribute_exists(phone_number) AND NOT opted_out = :true",
                ExpressionAttributeValues=wire(
                    {":true": True, ":now": sortable_time(now), ":service": BY_THE_SERVICE}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def opt_out(self, number: str, message_id: str, *, at: datetime, on_roster: bool) -> bool:
        """See `Employees.opt_out`."""
        change = "opted_out = :true, opt_changed_by = :message_id"
        # An opt-out that the service noted becomes the employee's own: then only START ends it.
        condition = "(NOT opted_out = :true OR opt_changed_by IN (:message_id, :service))"
        if on_roster:
            # An employee whose row was deleted meanwhile must not reappear.
            condition += " AND attribute_exists(phone_number)"
        else:
            change += ", only_opt_out = :true"
        values = {":true": True, ":message_id": message_id, ":service": BY_THE_SERVICE}
        if self._change(number, change, condition, values, at):
            return True
        # A repeated STOP overrules an earlier START that has not arrived yet.
        self._change(number, "", "opted_out = :true", {":true": True}, at)
        return False

    def opt_in(self, number: str, message_id: str, *, at: datetime) -> bool:
        """See `Employees.opt_in`."""
        values = {":false": False, ":message_id": message_id}
        change = "opted_out = :false, opt_changed_by = :message_id"
        return self._change(number, change, "attribute_exists(phone_number)", values, at)

    def let_through(self, number: str, message_id: str, *, at: datetime) -> None:
        """See `Employees.let_through`."""
        values = {":false": False, ":message_id": message_id, ":service": BY_THE_SERVICE}
        change = "opted_out = :false, opt_changed_by = :message_id"
        self._change(number, change, "opt_changed_by = :service", values, at)

    def _change(
        self, number: str, change: str, condition: str, values: Mapping[str, object], at: datetime
    ) -> bool:
        """Changes an opt-out, unless a text that was sent later has changed it; returns whether it did."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=wire(employee_key(number)),
                UpdateExpression="SET opt_changed_at = :at" + (f", {change}" if change else ""),
                ConditionExpression=f"{condition} AND (attribute_not_exists(opt_changed_at) OR opt_changed_at <= :at)",
                ExpressionAttributeValues=wire({":at": sortable_time(at), **values}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _roles(row: Mapping[str, Any]) -> frozenset[str]:
    """Reads roles as operators write them: a list, a set, or text with commas."""
    roles = row.get("roles") or row.get("role")
    listed = roles.split(",") if isinstance(roles, str) else roles
    if not isinstance(listed, list | set):
        return frozenset()
    return frozenset(str(role).strip().casefold() for role in listed) - {""}
