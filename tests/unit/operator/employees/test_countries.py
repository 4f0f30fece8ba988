"""Tests the two letters of countries."""

import phonenumbers
import pytest

from shift_sms_operator.employees.countries import _TWO_OF_THREE, two_letters


def test_given_countries_when_compared_with_numbers_then_each_has_its_two_letters() -> None:
    # Ascension and Tristan da Cunha are parts of Saint Helena to ISO, and Kosovo has no code of three letters.
    assert set(_TWO_OF_THREE.values()) == phonenumbers.SUPPORTED_REGIONS - {"AC", "TA", "XK"}


@pytest.mark.parametrize(
    ("country", "two"), [("usa", "US"), (" JPN ", "JP"), ("SWE", "SE"), ("CHE", "CH"), ("de", "DE"), ("", "")]
)
def test_given_a_country_when_spelt_then_it_has_two_letters(country: str, two: str) -> None:
    assert two_letters(country) == two
