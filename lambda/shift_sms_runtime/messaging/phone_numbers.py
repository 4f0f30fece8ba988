"""One spelling for every phone number, so that numbers can be compared.

Numbers arrive from AWS, from a roster, from an item typed by hand in the console. Everything is brought to
E.164 before it is compared or stored.
"""

import phonenumbers


class NotAPhoneNumber(ValueError):
    """The text cannot be a phone number in international form."""


def to_e164(text: str) -> str:
    """Bring a number in international form (leading ``+``; spaces, dots, brackets and dashes allowed) to E.164.

    Possible numbers are accepted, not only assigned ones: fictional 555-01xx numbers are.

    Raises:
        NotAPhoneNumber: no leading ``+``, an unknown country code, or an impossible length.
    """
    try:
        number = phonenumbers.parse(text.strip())
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber(str(error)) from None
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber("The number is too long or too short for its country.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def same_number(left: str, right: str) -> bool:
    """Whether two spellings are the same number; what is no number is the same as nothing."""
    try:
        return to_e164(left) == to_e164(right)
    except NotAPhoneNumber:
        return False
