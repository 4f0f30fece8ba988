"""A roster becomes rows of Employees (who may text) and of SegmentMembers (whom a campaign reaches)."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shift_sms_cli.csv_file import BadValue, Columns, Rows, read_rows
from shift_sms_runtime.domain.phone_numbers import NotAPhoneNumber, to_e164

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

COLUMNS = Columns(required=("phone_number",), optional=("name", "language"))


@dataclass(frozen=True)
class Employee:
    """A row of a roster; the number is E.164."""

    phone_number: str
    name: str = ""
    language: str = ""


def read_employees(path: Path) -> Rows[Employee]:
    """Reads a roster. Raises UnusableFile."""
    return read_rows(path, COLUMNS, _employee, lambda employee: employee.phone_number)


def load_employees(
    dynamodb: "DynamoDBServiceResource",
    employees: Iterable[Employee],
    *,
    employees_table: str,
    segment_members_table: str,
    segment: str,
) -> None:
    """Writes the roster into both tables, whole rows; doing it again changes nothing."""
    known = list(employees)
    with dynamodb.Table(employees_table).batch_writer() as people:
        for employee in known:
            facts = {"name": employee.name, "language": employee.language}
            told = {name: value for name, value in facts.items() if value}
            people.put_item(Item={"phone_number": employee.phone_number, **told})
    with dynamodb.Table(segment_members_table).batch_writer() as members:
        for employee in known:
            members.put_item(Item={"segment": segment, "phone_number": employee.phone_number})


def _employee(values: dict[str, str]) -> Employee:
    written = values["phone_number"]
    try:
        number = to_e164(written)
    except NotAPhoneNumber as error:
        raise BadValue(
            f"{written!r} is no phone number: {error} Write it with + and the country code, like +14255550101"
        ) from error
    return Employee(number, values.get("name", ""), values.get("language", ""))
