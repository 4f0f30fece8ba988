"""The Employees table: names, languages, roles, what fill plans and notices need, and opt-outs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shift_sms_runtime.aws.cursors import cursor_of, start_key
from shift_sms_runtime.aws.dynamodb import plain, read_batch, sortable_time, wire
from shift_sms_runtime.employees.employee import MESSAGING_SERVICE, Employee
from shift_sms_runtime.employees.employee_row import EmployeeRow

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        ConditionCheckTypeDef,
        DeleteTypeDef,
        TransactWriteItemTypeDef,
        UpdateTypeDef,
    )

_ON_ROSTER = "attribute_exists(phone_number) AND NOT only_opt_out = :true"


def employee_key(phone_number: str) -> dict[str, str]:
    """Returns the key of an employee's row."""
    return {"phone_number": phone_number}


def read_employee(row: Mapping[str, Any]) -> Employee:
    """Returns the employee of a row."""
    return Employee(
        phone_number=str(row["phone_number"]),
        on_roster=not row.get("only_opt_out"),
        name=_text(row, "name"),
        language=str(row.get("language") or ""),
        roles=_roles(row),
        hired_at=_text(row, "hired_at"),
        timezone=_text(row, "timezone"),
        sites=frozenset(site.casefold() for site in _written_list(row.get("sites"))),
        notices=frozenset(kind.casefold() for kind in notices)
        if (notices := _written_list(row.get("notices")))
        else None,
        opted_out=bool(row.get("opted_out")),
        opt_changed_by=row.get("opt_changed_by"),
    )


def read_employee_row(row: Mapping[str, Any]) -> EmployeeRow:
    """Returns everything that operators see of a row."""
    return EmployeeRow(
        phone_number=str(row["phone_number"]),
        name=str(row.get("name") or ""),
        language=str(row.get("language") or ""),
        roles=tuple(_written_roles(row)),
        hired_at=_text(row, "hired_at"),
        timezone=_text(row, "timezone"),
        sites=tuple(_written_list(row.get("sites"))),
        notices=tuple(_written_list(row.get("notices"))),
        on_roster=not row.get("only_opt_out"),
        opted_out=bool(row.get("opted_out")),
        opt_changed_at=str(row.get("opt_changed_at") or ""),
        opt_changed_by=str(row.get("opt_changed_by") or ""),
        removed_at=str(row.get("removed_at") or ""),
        stored_row=row,
    )


def employee_attributes(row: EmployeeRow | None) -> dict[str, object]:
    """Returns the attributes of a row except its key. An attribute without a value is omitted."""
    if row is None:
        return {}
    attributes: dict[str, object] = {
        "name": row.name,
        "language": row.language,
        "roles": list(row.roles),
        "hired_at": row.hired_at,
        "timezone": row.timezone,
        "sites": list(row.sites),
        "notices": list(row.notices),
        "only_opt_out": not row.on_roster,
        "opted_out": row.opted_out,
        "opt_changed_at": row.opt_changed_at,
        "opt_changed_by": row.opt_changed_by,
        "removed_at": row.removed_at,
    }
    return {name: value for name, value in attributes.items() if value}


def employee_action(
    table: str, before: EmployeeRow | None, after: EmployeeRow
) -> "TransactWriteItemTypeDef | None":
    """Returns the action that writes what differs between two rows; None if nothing does.

    Its condition fails if an attribute that it writes has changed since it was read. Other attributes stay as they are:
    other systems may keep some in the table.
    """
    key = employee_key(after.phone_number)
    written = employee_attributes(after)
    if before is None:
        item = wire({**key, **written})
        return {
            "Put": {
                "TableName": table,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(phone_number)",
            }
        }
    was = employee_attributes(before)
    changed = [name for name in {**was, **written} if was.get(name) != written.get(name)]
    if not changed:
        return None
    values = {f":{name}": written[name] for name in changed if name in written}
    values |= {f":was_{name}": before.stored_row[name] for name in changed if name in before.stored_row}
    conditions = [
        f"#{name} = :was_{name}" if name in before.stored_row else f"attribute_not_exists(#{name})"
        for name in changed
    ]
    sets = [f"#{name} = :{name}" for name in changed if name in written]
    removes = [f"#{name}" for name in changed if name not in written]
    clauses = [
        f"{clause} {', '.join(parts)}" for clause, parts in (("SET", sets), ("REMOVE", removes)) if parts
    ]
    update: UpdateTypeDef = {
        "TableName": table,
        "Key": wire(key),
        "UpdateExpression": " ".join(clauses),
        "ConditionExpression": " AND ".join(["attribute_exists(phone_number)", *conditions]),
        # Some of these names are reserved words. Source: "Reserved words" in the DynamoDB developer guide.
        "ExpressionAttributeNames": {f"#{name}": name for name in changed},
    }
    # The argument must not be empty.
    if values:
        update["ExpressionAttributeValues"] = wire(values)
    return {"Update": update}


def employee_delete(table: str, row: EmployeeRow) -> "DeleteTypeDef":
    """Returns the action that deletes the row of an employee who is being removed, unless they have opted out."""
    return {
        "TableName": table,
        "Key": wire(employee_key(row.phone_number)),
        "ConditionExpression": "removed_at = :removed_at AND NOT opted_out = :true",
        "ExpressionAttributeValues": wire({":removed_at": row.removed_at, ":true": True}),
    }


def on_roster_check(table: str, number: str) -> "ConditionCheckTypeDef":
    """Returns the condition that a number belongs to an employee when the transaction is written."""
    return {
        "TableName": table,
        "Key": wire(employee_key(number)),
        "ConditionExpression": _ON_ROSTER,
        "ExpressionAttributeValues": wire({":true": True}),
    }


class DynamoEmployeeRows:
    """Reads rows of the Employees table for operators."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, numbers: Sequence[str]) -> Mapping[str, EmployeeRow]:
        """Returns the rows of these numbers, by number. The result omits numbers without a row."""
        keys = [employee_key(number) for number in dict.fromkeys(numbers)]
        rows = map(read_employee_row, read_batch(self._client, {self._table: keys}).get(self._table, []))
        return {row.phone_number: row for row in rows}

    def page(self, *, limit: int, after: str | None) -> tuple[list[EmployeeRow], str | None]:
        """Reads up to `limit` rows, in no order. Returns them and the cursor of the next page.

        Raises:
            UnusableCursor: `after` is no cursor of this table.
        """
        response = self._client.scan(TableName=self._table, Limit=limit, **start_key(after, "phone_number"))
        rows = [read_employee_row(plain(item)) for item in response["Items"]]
        return rows, cursor_of(response.get("LastEvaluatedKey"))

    def all(self) -> Iterator[EmployeeRow]:
        """Reads the whole table, one page at a time."""
        for page in self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True):
            yield from (read_employee_row(plain(item)) for item in page["Items"])


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
    return frozenset(role.casefold() for role in _written_roles(row))


def _written_roles(row: Mapping[str, Any]) -> list[str]:
    return _written_list(row.get("roles") or row.get("role"))


def _written_list(written: object) -> list[str]:
    """Reads what an operator may write as a list, as a set, or as text with commas."""
    values = written.split(",") if isinstance(written, str) else written
    if isinstance(values, set):
        values = sorted(values, key=str)
    return [text for value in values if (text := str(value).strip())] if isinstance(values, list) else []


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()
