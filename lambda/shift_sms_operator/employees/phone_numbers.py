"""Phone numbers as spreadsheets have them: international, or national in a country that the operator names."""

import re

import phonenumbers

from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.countries import two_letters
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164

_DIGITS_AND_MARKS = re.compile(r"[+\uff0b]?[\d\s().\-/\u2010-\u2015\u00a0]+")
_SCIENTIFIC = re.compile(r"[\d.,]+E\+?\d+", re.IGNORECASE)


def country_code(text: str) -> str:
    """Returns the two letters of a country. Raises BadValue."""
    country = two_letters(text)
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise BadValue(f"the country {text!r} is unknown; write its two letters, like US or DE")
    return country


def country_of(number: str) -> str | None:
    """Returns the two letters of the country of a number; None if the text is no number, such as the id of a pool."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def read_phone_number(written: str, country: str | None = None) -> str:
    """Returns a number as E.164.

    Args:
        written: The number. Without a leading +, it is national.
        country: The two letters of the country of national numbers; None if there are none.

    Raises:
        BadValue: the number is wrong, or national without a country.
    """
    if _SCIENTIFIC.fullmatch(written):
        raise BadValue(
            f"the phone_number {written!r} has lost its digits in a spreadsheet; format the column as text, "
            "and enter it again"
        )
    national = country is not None and not written.startswith(("+", "\uff0b"))
    try:
        if national and _DIGITS_AND_MARKS.fullmatch(written):
            number = phonenumbers.parse(written, country)
            reason = phonenumbers.is_possible_number_with_reason(number)
            if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        elif not national:
            return to_e164(written)
    except (phonenumbers.NumberParseException, NotAPhoneNumber):
        # What is wrong is worked out below, for every number alike.
        pass
    why = what_is_wrong(written, country) if national else what_is_wrong(written)
    remedy = "write it with + and the country code, like +14255550101"
    if not national and written and not written.startswith("+"):
        remedy += ", or name the country of national numbers with --country"
    raise BadValue(f"the phone_number {written!r} {why}; {remedy}")


def what_is_wrong(text: str, region: str | None = None) -> str:
    """Returns why a text is no phone number, to be said after it. Without a region it must begin with +."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        unknown = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        return "begins with no country code" if unknown else "is no phone number"
    of_country = f"for a number of +{number.country_code}"
    match phonenumbers.is_possible_number_with_reason(number):
        case phonenumbers.ValidationResult.TOO_SHORT | phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return f"is too short {of_country}"
        case phonenumbers.ValidationResult.TOO_LONG:
            return f"is too long {of_country}"
        case phonenumbers.ValidationResult.IS_POSSIBLE:
            return "is no phone number"
    return f"has too many or too few digits {of_country}"
