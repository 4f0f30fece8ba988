"""Writes people into the tables, and takes nothing away there: a row of Employees also holds what the person decided
(opting out), and what other systems keep on it.

Writing the same again changes nothing. Each person takes a request, so many are under way at once.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from shift_sms_cli.employees import Employee

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        UpdateItemInputTypeDef,
    )

T = TypeVar("T")

AT_ONCE = 32
"""Requests under way at once; the client needs as many connections."""
OPT_OUTS_COME_FROM = "pinpoint-import"
"""`opt_changed_by` where a roster said so: that of Amazon Pinpoint is the only one that does."""

_NO_LATER_CHOICE = "attribute_not_exists(opt_changed_at) OR opt_changed_at < :opt_changed_at"


@dataclass(frozen=True)
class Roster:
    """The tables Employees (who may text) and SegmentMembers (whom a campaign reaches)."""

    dynamodb: "DynamoDBClient"
    employees_table: str
    segment_members_table: str

    def write(self, employees: Iterable[Employee]) -> None:
        """Writes what is said about each person; what is not said stays as it is.

        The same person may come twice, and in any order, unless the two say different things.
        """
        _at_once(self._write_one, employees)

    def enrol(self, members: Iterable[tuple[str, str]]) -> None:
        """Puts phone numbers into segments: pairs of a segment and a number.

        When is noted on those who are new: a campaign that is being planned leaves them out. Who is there already was
        there before, so that row stays as it is.
        """
        _at_once(self._enrol_one, members)

    def _write_one(self, employee: Employee) -> None:
        if employee.only_opt_out:
            self._note_opt_out(employee)
            return
        said = {"name": employee.name, "language": employee.language}
        facts: dict[str, AttributeValueTypeDef] = {
            name: {"S": value} for name, value in said.items() if value
        }
        if employee.roles:
            facts["roles"] = {"L": [{"S": role} for role in employee.roles]}
        if employee.opted_out_at and self._opt_out(employee, facts):
            return
        if facts:
            self._update(employee.phone_number, facts, admit=True)
        else:
            self._admit(employee.phone_number)

    def _opt_out(self, employee: Employee, facts: "Mapping[str, AttributeValueTypeDef]") -> bool:
        """Writes it all, unless the person chose later, or this choice is on record: then nothing is written."""
        return self._update(
            employee.phone_number, {**facts, **_choice(employee)}, only_if=_NO_LATER_CHOICE, admit=True
        )

    def _note_opt_out(self, employee: Employee) -> None:
        """Writes the choice; whoever was no employee is none afterwards, and whoever was one still is."""
        number = employee.phone_number
        row: dict[str, AttributeValueTypeDef] = {
            "phone_number": {"S": number},
            **_choice(employee),
            "only_opt_out": {"BOOL": True},
        }
        if not self._put_new(self.employees_table, row):
            self._update(number, _choice(employee), only_if=_NO_LATER_CHOICE, admit=False)

    def _update(
        self,
        number: str,
        attributes: "Mapping[str, AttributeValueTypeDef]",
        *,
        only_if: str = "",
        admit: bool,
    ) -> bool:
        """Sets the attributes; returns whether the condition allowed it. With `admit`, a stranger is one no more."""
        assignments = ", ".join(f"#{name} = :{name}" for name in attributes)
        update: UpdateItemInputTypeDef = {
            "TableName": self.employees_table,
            "Key": {"phone_number": {"S": number}},
            "UpdateExpression": f"SET {assignments}" + (" REMOVE only_opt_out" if admit else ""),
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": {f":{name}": value for name, value in attributes.items()},
        }
        if only_if:
            update["ConditionExpression"] = only_if
        try:
            self.dynamodb.update_item(**update)
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _admit(self, number: str) -> None:
        """Writes somebody of whom nothing is said but the number.

        An update that only removes makes no row (https://github.com/scylladb/scylladb/issues/5862), so a put does.
        """
        if not self._put_new(self.employees_table, {"phone_number": {"S": number}}):
            self.dynamodb.update_item(
                TableName=self.employees_table,
                Key={"phone_number": {"S": number}},
                UpdateExpression="REMOVE only_opt_out",
            )

    def _enrol_one(self, member: tuple[str, str]) -> None:
        segment, number = member
        added_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._put_new(
            self.segment_members_table,
            {"segment": {"S": segment}, "phone_number": {"S": number}, "added_at": {"S": added_at}},
        )

    def _put_new(self, table: str, row: "Mapping[str, AttributeValueTypeDef]") -> bool:
        """Returns whether there was none."""
        try:
            self.dynamodb.put_item(
                TableName=table,
                Item=row,
                ConditionExpression="attribute_not_exists(phone_number)",
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _choice(employee: Employee) -> "dict[str, AttributeValueTypeDef]":
    return {
        "opted_out": {"BOOL": True},
        "opt_changed_at": {"S": employee.opted_out_at},
        "opt_changed_by": {"S": OPT_OUTS_COME_FROM},
    }


def _at_once(work: Callable[[T], None], things: Iterable[T]) -> None:
    """Works on all of them, some at a time; an error ends it. Not more is read ahead than is under way soon."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for some in _batches(things, AT_ONCE * 16):
            for _ in threads.map(work, some):
                pass


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(things)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
