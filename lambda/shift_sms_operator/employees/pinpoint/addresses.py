"""The phone numbers of Amazon Pinpoint's endpoints. Its guide asks for E.164, and once showed national numbers.

Spreadsheets remove the +. A number that could belong to another person is not guessed.
"""

import re
from dataclasses import dataclass

import phonenumbers

from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.countries import two_letters
from shift_sms_operator.employees.phone_numbers import what_is_wrong
from shift_sms_runtime.messaging.phone_numbers import to_e164

_DIGITS_AND_MARKS = re.compile(r"[\d\s().\-/]+")
_NORTH_AMERICA = "US"


@dataclass(frozen=True)
class _Reading:
    """One way to read digits. What is possible need not be in use: some numbers are set aside for films."""

    e164: str
    country_code: int
    in_use: bool
    region: str

    def __str__(self) -> str:
        return f"{self.e164} ({self.region})" if self.region else self.e164


def phone_number(written: str, country: str = "") -> str:
    """Returns an endpoint's Address as E.164. `country` is its Location.Country, of two or three letters, or empty.

    Raises BadValue.
    """
    region = two_letters(country)
    if region not in phonenumbers.SUPPORTED_REGIONS:
        region = ""
    if written.startswith(("+", "\uff0b")):
        if _read(written):
            return to_e164(written)
        problem = what_is_wrong(written)
    elif _DIGITS_AND_MARKS.fullmatch(written):
        international = _read(f"+{written}")
        national = _read(written, region or _NORTH_AMERICA)
        sure = _the_sure_one(international, national, region)
        if sure:
            return to_e164(sure.e164)
        problem = _what_is_unsure(international, national)
        if not problem:
            problem = what_is_wrong(written, region) if region else what_is_wrong(f"+{written}")
    else:
        problem = "is no phone number"
    raise BadValue(
        f"the Address {written!r} {problem}; write it with + and the country code, like +14255550101"
    )


def _the_sure_one(international: _Reading | None, national: _Reading | None, region: str) -> _Reading | None:
    """Of the digits as if their + were lost, and as people in the region dial them, the only one that can be meant.

    Without a region, `national` is North American: AWS's guide wrote such numbers without their country code. That is
    a doubt about the other reading, and never assumed.
    """
    if international and region and international.country_code == _country_code(region):
        # Both facts agree. Where numbers have any length, as in Germany, digits alone would not tell.
        return international
    likely = _likely(international, national)
    if len(likely) != 1:
        return None
    [sure] = likely
    return sure if (sure.in_use if sure == international else region) else None


def _likely(international: _Reading | None, national: _Reading | None) -> list[_Reading]:
    possible = {reading.e164: reading for reading in (national, international) if reading}.values()
    return [reading for reading in possible if reading.in_use] or list(possible)


def _what_is_unsure(international: _Reading | None, national: _Reading | None) -> str:
    likely = _likely(international, national)
    return f"may be {' or '.join(map(str, likely))}" if likely else ""


def _read(text: str, region: str | None = None) -> _Reading | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return _Reading(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        _code(number),
        phonenumbers.is_valid_number(number),
        phonenumbers.region_code_for_number(number) or "",
    )


def _code(number: phonenumbers.PhoneNumber) -> int:
    return number.country_code or 0


def _country_code(region: str) -> int:
    code: int = phonenumbers.country_code_for_region(region)
    return code
