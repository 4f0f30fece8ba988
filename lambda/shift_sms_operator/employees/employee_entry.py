"""What an operator says about one employee: a row of a spreadsheet, or the options of a command."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shift_sms_operator.csv_records import BadValue, Columns
from shift_sms_operator.employees.language_names import language_of
from shift_sms_operator.employees.phone_numbers import read_phone_number
from shift_sms_operator.employees.segments import segment_names
from shift_sms_runtime.language.locale_files import languages

COLUMNS = Columns(required=("phone_number",), optional=("name", "language", "roles", "segments", "opted_out"))
"""The columns of a spreadsheet. `opted_out` is ignored: an export has it, and only the employee changes it."""

LONGEST_NAME = 100
_LONGEST_ROLE = 100
"""Characters, as for the role of a shift."""
_MOST_ROLES = 50

_TAG = re.compile(r"([a-z]{2,3})([-_][a-z0-9]+)*", re.IGNORECASE)
_BETWEEN_ROLES = re.compile(r"[;|]")


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


def read_roles(cell: str) -> tuple[str, ...]:
    """Returns the roles in one cell, each once. They may contain spaces. Raises BadValue."""
    if "," in cell:
        raise BadValue(f"the roles {cell!r} have a comma: several roles are separated by ;")
    roles: dict[str, str] = {}
    for role in _BETWEEN_ROLES.split(cell):
        written = " ".join(role.split())
        if len(written) > _LONGEST_ROLE:
            raise BadValue(
                f"the role {written[:20]!r}… has {len(written)} characters; shorten it to {_LONGEST_ROLE}"
            )
        if written:
            roles.setdefault(written.casefold(), written)
    if len(roles) > _MOST_ROLES:
        raise BadValue(f"there are {len(roles)} roles; an employee has at most {_MOST_ROLES}")
    return tuple(roles.values())
