"""Tests how the phone page finds a phone by name or number."""

import pytest

from lab.phone_page.numbers import NoSuchPhone, find_phone

NAMES = {"+14255550100": "Ana Duarte", "+14255550101": "Ana", "+14255550102": "Ben", "+14255550103": "Bert"}


@pytest.mark.parametrize(
    ("who", "phone"),
    [
        ("+14255550199", "+14255550199"),
        (" +1 (425) 555-01.00 ", "+14255550100"),
        ("ana duarte", "+14255550100"),
        ("duarte", "+14255550100"),
        ("Ana", "+14255550101"),
    ],
)
def test_given_a_name_or_number_when_looked_up_then_the_phone_is_found(who: str, phone: str) -> None:
    assert find_phone(who, NAMES) == phone


@pytest.mark.parametrize("who", ["", " ", "Zoe", "14255550100", "+0123456789", "be", "../x"])
def test_given_no_name_and_no_number_when_looked_up_then_it_is_refused(who: str) -> None:
    with pytest.raises(NoSuchPhone):
        find_phone(who, NAMES)
