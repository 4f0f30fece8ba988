"""What an operator says about one employee: a row of a spreadsheet, or the options of a command."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from shift_sms_operator.csv_records import BadValue, Columns
from shift_sms_operator.employees.language_names import language_of
from shift_sms_operator.employees.phone_numbers import read_phone_number
from shift_sms_operator.employees.segments import segment_names
from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.language.locale_files import languages

COLUMNS = Columns(
    required=("phone_number",),
    optional=(
        "name",
        "language",
        "roles",
        "segments",
        "hired_at",
        "timezone",
        "sites",
        "notices",
        "opted_out",
    ),
    other_names={
        **dict.fromkeys(
            ("phone", "number", "mobile", "cell", "cell_phone", "mobile_number", "telephone"), "phone_number"
        ),
        "role": "roles",
        **dict.fromkeys(("segment", "group", "groups"), "segments"),
        "site": "sites",
        "hired": "hired_at",
    },
)
"""The columns of a spreadsheet. `opted_out` is ignored: an export has it, and only the employee changes it."""

LONGEST_NAME = 100
_LONGEST_VALUE = 100
"""Characters, as for the role of a shift."""
_MOST_VALUES = 50

_TAG = re.compile(r"([a-z]{2,3})([-_][a-z0-9]+)*", re.IGNORECASE)
_BETWEEN_VALUES = re.compile(r"[;|]")


@dataclass(frozen=True)
class EmployeeEntry:
    """What is said about an employee. What is empty is not said, and stays as it is."""

    phone_number: str
    """In E.164 format."""
    name: str = ""
    language: str = ""
    segments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """The employee can book shifts with one of these roles, besides those without a role."""
    hired_at: str = ""
    """A date in ISO 8601."""
    timezone: str = ""
    sites: tuple[str, ...] = ()
    """The sites whose notices a manager receives."""
    notices: tuple[str, ...] = ()
    """The notices that a manager receives."""
    opted_out_at: str = ""
    """When the employee opted out: ISO 8601 in UTC. Empty: nothing is said about it."""
    only_opt_out: bool = False
    """Whether only the opt-out is said. It does not make the number an employee."""


def read_entry(values: Mapping[str, str], country: str | None = None) -> EmployeeEntry:
    """Returns what a row says.

    Args:
        values: The cells by column, stripped.
        country: The two letters of the country of national numbers; None if there are none.

    Raises:
        BadValue: a cell is wrong.
    """
    return EmployeeEntry(
        read_phone_number(values["phone_number"], country),
        read_name(values.get("name", "")),
        read_language(values.get("language", "")),
        segment_names(values.get("segments", "")),
        read_roles(values.get("roles", "")),
        read_hired_at(values.get("hired_at", "")),
        read_timezone(values.get("timezone", "")),
        read_several(values.get("sites", ""), "site", "sites"),
        read_notices(values.get("notices", "")),
    )


def read_name(written: str) -> str:
    """Returns a name. Raises BadValue if it is too long."""
    if len(written) > LONGEST_NAME:
        raise BadValue(f"the name has {len(written)} characters; shorten it to {LONGEST_NAME}")
    return written


def read_language(written: str) -> str:
    """Returns a tag as it was written, or the tag of a name such as Spanish. Raises BadValue."""
    named = language_of(written)
    if named is not None:
        return named
    tag = _TAG.fullmatch(written)
    # Functions read the part before the dash.
    if written and (tag is None or tag[1].lower() not in languages()):
        raise BadValue(
            f"the language {written!r} has no replies: write {' or '.join(languages())}, with a region if you like "
            "(es-MX), or leave it out"
        )
    return written


def read_hired_at(written: str) -> str:
    """Returns a date in ISO 8601. Raises BadValue."""
    try:
        return date.fromisoformat(written).isoformat() if written else ""
    except ValueError:
        raise BadValue(f"hired_at is {written!r}: write a date like 2019-05-01") from None


def read_timezone(written: str) -> str:
    """Returns the name of a time zone. Raises BadValue if there is none with this name."""
    try:
        return ZoneInfo(written).key if written else ""
    except (ValueError, OSError, LookupError):
        raise BadValue(f"the timezone is {written!r}: write a name like Europe/Berlin") from None


def read_roles(cell: str) -> tuple[str, ...]:
    """Returns the roles in one cell, each once. They may contain spaces. Raises BadValue."""
    return read_several(cell, "role", "roles")


def read_notices(cell: str) -> tuple[str, ...]:
    """Returns the notices of a manager in one cell, each once. Raises BadValue if there is no such notice."""
    notices = tuple(one.casefold() for one in read_several(cell, "notice", "notices"))
    unknown = [one for one in notices if one not in list(ManagerNotice)]
    if unknown:
        raise BadValue(
            f"the notice {unknown[0]!r} does not exist: write {', '.join(ManagerNotice)}, with ; between, "
            "or leave the cell empty for all"
        )
    return notices


def read_several(cell: str, one: str, many: str) -> tuple[str, ...]:
    """Returns the values in one cell, each once. They may contain spaces. Raises BadValue.

    Args:
        cell: The cell.
        one: What a value is.
        many: What several values are.
    """
    if "," in cell:
        raise BadValue(f"the {many} {cell!r} have a comma: several {many} are separated by ;")
    values: dict[str, str] = {}
    for value in _BETWEEN_VALUES.split(cell):
        written = " ".join(value.split())
        if len(written) > _LONGEST_VALUE:
            raise BadValue(
                f"the {one} {written[:20]!r}… has {len(written)} characters; shorten it to {_LONGEST_VALUE}"
            )
        if written:
            values.setdefault(written.casefold(), written)
    if len(values) > _MOST_VALUES:
        raise BadValue(f"there are {len(values)} {many}; an employee has at most {_MOST_VALUES}")
    return tuple(values.values())
