"""Phone numbers in E.164, the only form in which they are compared and stored.

Numbers come from AWS, settings, files, and items written by hand in the console.
"""

import re
from functools import lru_cache

# The North American Numbering Plan reserves 555-0100 to 555-0199 of every area code for fiction.
_FICTIONAL = re.compile(r"\+1\d{3}55501\d{2}")


class NotAPhoneNumber(ValueError):
    """The text is not a possible phone number in international form."""


# A shift with 500 employees is read with each of their notices.
@lru_cache(maxsize=1_024)
def to_e164(text: str) -> str:
    """Returns an international number (`+1 (425) 555-0101`) as E.164 (`+14255550101`).

    A number has to be possible, not assigned: carriers open new ranges before the library lists them.

    Raises:
        NotAPhoneNumber: no leading `+`, an unknown country code, or an impossible length.
    """
    # The import takes as long as half of the runtime's own modules. The first number pays for it, not the cold start.
    import phonenumbers  # noqa: PLC0415

    try:
        number = phonenumbers.parse(text.strip())
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber(str(error)) from None
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber("the number is too long or too short for its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_fictional(number: str) -> bool:
    """Returns whether an E.164 number is reserved for fiction and never assigned to a phone."""
    return _FICTIONAL.fullmatch(number) is not None
