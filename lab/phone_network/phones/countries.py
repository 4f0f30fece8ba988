"""Derives the country of a phone number, as AWS does."""

from functools import lru_cache

import phonenumbers

_NO_COUNTRY = "001"


@lru_cache(maxsize=100_000)
def country_of(number: str) -> str | None:
    """Returns the ISO code of the country of an E.164 number, or None.

    Unassignable numbers, such as those reserved for examples, belong to the main country of their prefix.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    country = phonenumbers.region_code_for_number(parsed)
    country = country or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return None if country in (_NO_COUNTRY, phonenumbers.UNKNOWN_REGION) else country
