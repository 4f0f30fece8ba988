"""Tests the country of a phone number."""

import pytest

from lab.phone_network.phones.countries import country_of


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+14255550101", "US"),
        ("+16135550123", "CA"),
        ("+33755512501", "FR"),
        # Reserved for fiction, but British.
        ("+447700900123", "GB"),
        # International networks belong to no country.
        ("+883510000000", None),
        ("+99912345678", None),
        ("+1", None),
    ],
)
def test_given_a_number_when_looked_up_then_its_country(number: str, country: str | None) -> None:
    assert country_of(number) == country
