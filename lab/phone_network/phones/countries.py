"""Where a number is from, which AWS reads off the number too."""

from functools import lru_cache

import phonenumbers

_NO_COUNTRY = "001"


@lru_cache(maxsize=100_000)
def country_of(number: str) -> str | None:
    """Tell the ISO code of the country of an E.164 `number`; None when no country has it.

    Numbers that nobody can have, as those for examples are, count to the main country of their prefix.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    country = phonenumbers.region_code_for_number(parsed)
    country = country or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return None if country in (_NO_COUNTRY, phonenumbers.UNKNOWN_REGION) else country
