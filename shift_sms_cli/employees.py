"""A roster as operators keep it: a spreadsheet of who may text, and in which segments campaigns find them."""

import re
from dataclasses import dataclass
from pathlib import Path

from shift_sms_cli.addresses import what_is_wrong
from shift_sms_cli.csv_file import BadValue, Columns, Rows, read_rows
from shift_sms_cli.segments import segment_names
from shift_sms_runtime.language.locale_files import languages
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164

COLUMNS = Columns(required=("phone_number",), optional=("name", "language", "roles", "segments"))

_TAG = re.compile(r"([a-z]{2,3})([-_][a-z0-9]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Employee:
    """What a roster says about one person; the number is E.164, and what is empty is not said."""

    phone_number: str
    name: str = ""
    language: str = ""
    segments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Which shifts the person may have: those that name one of these roles, beside those that name none."""
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
            f"the phone_number {written!r} {what_is_wrong(written)}; write it with + and the country code, like"
            " +14255550101"
        ) from error
    return Employee(
        number,
        values.get("name", ""),
        _language(values.get("language", "")),
        segment_names(values.get("segments", "")),
        _roles(values.get("roles", "")),
    )


def _language(written: str) -> str:
    """Returns a language as it was written; the functions look at the part before the dash."""
    tag = _TAG.fullmatch(written)
    if written and (tag is None or tag[1].lower() not in languages()):
        raise BadValue(
            f"the language {written!r} is none that people are answered in: write {' or '.join(languages())}, with a"
            " region if you like (es-MX), or leave it out"
        )
    return written


def _roles(cell: str) -> tuple[str, ...]:
    """Returns the roles in one cell, each once; they may have spaces, and case does not matter."""
    if "," in cell:
        raise BadValue(f"the roles {cell!r} have a comma: several roles are separated by ;")
    roles: dict[str, str] = {}
    for role in cell.split(";"):
        written = " ".join(role.split())
        if written:
            roles.setdefault(written.casefold(), written)
    return tuple(roles.values())
