"""A roster as operators keep it: a spreadsheet of who may text, and in which segments campaigns find them."""

from dataclasses import dataclass
from pathlib import Path

from shift_sms_cli.csv_file import BadValue, Columns, Rows, read_rows
from shift_sms_cli.segments import segment_names
from shift_sms_runtime.domain.phone_numbers import NotAPhoneNumber, to_e164

COLUMNS = Columns(required=("phone_number",), optional=("name", "language", "segments"))


@dataclass(frozen=True)
class Employee:
    """What a roster says about one person; the number is E.164, and what is empty is not said."""

    phone_number: str
    name: str = ""
    language: str = ""
    segments: tuple[str, ...] = ()
    opted_out_at: str = ""
    """Since when the person wants no texts: ISO 8601 in UTC. Empty: the roster says nothing about it."""
    only_opt_out: bool = False
    """The roster says that and nothing else: it does not make the person an employee."""


def read_employees(path: Path) -> Rows[Employee]:
    """Reads a roster. Raises UnusableFile."""
    return read_rows(path, COLUMNS, _employee, lambda employee: employee.phone_number)


def _employee(values: dict[str, str]) -> Employee:
    written = values["phone_number"]
    try:
        number = to_e164(written)
    except NotAPhoneNumber as error:
        raise BadValue(
            f"{written!r} is no phone number: {error} Write it with + and the country code, like +14255550101"
        ) from error
    return Employee(
        number,
        values.get("name", ""),
        values.get("language", ""),
        segment_names(values.get("segments", "")),
    )
