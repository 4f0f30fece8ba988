"""The Employees table: language, roles and opt-outs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.dynamodb import read_batch, sortable_time, wire
from shift_sms_runtime.employees.employee import MESSAGING_SERVICE, Employee

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def employee_key(phone_number: str) -> dict[str, str]:
    """Returns the key of an employee's row."""
    return {"phone_number": phone_number}


def read_employee(row: Mapping[str, Any]) -> Employee:
    """Returns the employee of a row."""
    return Employee(
        phone_number=str(row["phone_number"]),
        on_roster=not row.get("only_opt_out"),
        language=str(row.get("language") or ""),
        roles=_roles(row),
        opted_out=bool(row.get("opted_out")),
        opt_changed_by=row.get("opt_changed_by"),
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

    def record_refusal(self, number: str, *, now: datetime) -> None:
        """See `Employees.record_refusal`.

        Creates no row: the opt-out list of the service has the number.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=wire(employee_key(number)),
                UpdateExpression="SET opted_out = :true, opt_changed_at = :now, opt_changed_by = :service",
                ConditionExpression="attribute_exists(phone_number) AND NOT opted_out = :true",
                ExpressionAttributeValues=wire(
                    {":true": True, ":now": sortable_time(now), ":service": MESSAGING_SERVICE}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def opt_out(self, number: str, changed_by: str, *, at: datetime, on_roster: bool) -> bool:
        """See `Employees.opt_out`."""
        change = "opted_out = :true, opt_changed_by = :changed_by"
        # A STOP takes over an opt-out by the service, so that only START ends it.
        condition = "(NOT opted_out = :true OR opt_changed_by IN (:changed_by, :service))"
        if on_roster:
            # The employee's row may have been deleted since it was read. It must not be created again.
            condition += " AND attribute_exists(phone_number)"
        else:
            change += ", only_opt_out = :true"
        values = {":true": True, ":changed_by": changed_by, ":service": MESSAGING_SERVICE}
        if self._change(number, change, condition, values, at):
            return True
        # A repeated STOP takes precedence over a START that was sent before it and has not arrived yet.
        self._change(number, "", "opted_out = :true", {":true": True}, at)
        return False

    def opt_in(self, number: str, message_id: str, *, at: datetime) -> bool:
        """See `Employees.opt_in`."""
        values = {":false": False, ":message_id": message_id}
        change = "opted_out = :false, opt_changed_by = :message_id"
        return self._change(number, change, "attribute_exists(phone_number)", values, at)

    def clear_refusal(self, number: str, message_id: str, *, at: datetime) -> None:
        """See `Employees.clear_refusal`."""
        values = {":false": False, ":message_id": message_id, ":service": MESSAGING_SERVICE}
        change = "opted_out = :false, opt_changed_by = :message_id"
        self._change(number, change, "opt_changed_by = :service", values, at)

    def _change(
        self, number: str, change: str, condition: str, values: Mapping[str, object], at: datetime
    ) -> bool:
        """Changes an opt-out, unless a later change was recorded. Returns whether it did."""
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
    """Reads the roles, which an operator may write as a list, as a set, or as text with commas."""
    written = row.get("roles") or row.get("role")
    roles = written.split(",") if isinstance(written, str) else written
    if not isinstance(roles, list | set):
        return frozenset()
    return frozenset(str(role).strip().casefold() for role in roles) - {""}
