"""Numbers in settings and props are checked while a person still watches, not when the first text fails."""

import re

import phonenumbers

# North America keeps 555-0100 to 555-0199 of every area code for fiction.
_FICTIONAL = re.compile(r"\+1\d{3}55501\d{2}")


def to_e164(text: str) -> str:
    """Returns an international number (`+1 425 555 0101`) as E.164 (`+14255550101`).

    Raises ValueError when the text is not a possible international number. Possible, not valid: carriers open
    new ranges faster than any library learns of them.
    """
    try:
        number = phonenumbers.parse(text.strip())
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_fictional(number: str) -> bool:
    """Says whether an E.164 number is one that no telephone will ever have."""
    return _FICTIONAL.fullmatch(number) is not None
