"""Finds the phone that a number or a name means."""

import re
from collections.abc import Mapping

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[\s().-]+")


class NoSuchPhone(Exception):
    """The text is neither a number in E.164 format nor the name of one employee; the message says so."""


def find_phone(who: str, names: Mapping[str, str]) -> str:
    """Returns the phone number that `who` is, or that the employee of this name has. Raises NoSuchPhone."""
    number = _SEPARATORS.sub("", who)
    if _E164.fullmatch(number):
        return number
    wanted = who.strip().casefold()
    found = [phone for phone, name in names.items() if wanted and wanted in name.casefold()]
    exact = [phone for phone in found if names[phone].casefold() == wanted]
    match exact or found:
        case [phone]:
            return phone
        case []:
            raise NoSuchPhone(
                f"No employee is called {who.strip()!r}. Write a name or a number like +14255550101."
            )
        case several:
            raise NoSuchPhone(
                f"{len(several)} employees are called {who.strip()!r}. Write the whole name or the number."
            )
