"""Tests which addresses of Amazon Pinpoint's endpoints are phone numbers."""

import pytest

from shift_sms_operator.csv_records import BadValue
from shift_sms_operator.employees.pinpoint.addresses import phone_number


@pytest.mark.parametrize(
    ("address", "country", "number"),
    [
        ("+14255550101", "", "+14255550101"),
        ("+1 (425) 555-0101", "DE", "+14255550101"),
        # A spreadsheet has removed the +.
        ("14255550101", "", "+14255550101"),
        ("14255550101", "US", "+14255550101"),
        ("14255550101", "CN", "+14255550101"),
        ("491701234567", "DE", "+491701234567"),
        ("447700900123", "GB", "+447700900123"),
        # National, as in the guide's older examples, with two or three letters for the country.
        ("2065550182", "USA", "+12065550182"),
        ("2065550182", "CAN", "+12065550182"),
        ("(206) 555-0182", "us", "+12065550182"),
        ("9077462155", "JPN", "+819077462155"),
        ("0170 1234567", "DEU", "+491701234567"),
        ("07700 900123", "GBR", "+447700900123"),
    ],
)
def test_given_an_address_that_is_sure_when_read_then_it_is_e164(
    address: str, country: str, number: str
) -> None:
    assert phone_number(address, country) == number


@pytest.mark.parametrize(
    ("address", "country", "told"),
    [
        ("ann@example.com", "US", "is no phone number"),
        ("1.42556E+10", "", "is no phone number"),
        ("+", "", "is no phone number"),
        ("+999123456", "", "begins with no country code"),
        ("+1425555", "", "is too short for a number of +1"),
        ("+15550101", "", "is too short for a number of +1"),
        ("+142555501012345", "", "is too long for a number of +1"),
        ("555-0101", "US", "is too short for a number of +1"),
        ("12345", "", "is too short for a number of +1"),
        # Two numbers that are in use: one in Vancouver, one in Penang.
        ("6045550182", "CAN", "may be +16045550182 (CA) or +6045550182 (MY)"),
        ("6045550182", "", "may be +16045550182 (CA) or +6045550182 (MY)"),
        # Nothing says that it is North American, and in Egypt it is not in use.
        ("2065550182", "", "may be +12065550182 (US)"),
        ("2065550182", "Mars", "may be +12065550182 (US)"),
        # It is not in use, but looks complete.
        ("447700900123", "", "may be +447700900123"),
    ],
)
def test_given_an_unsure_address_when_read_then_it_says_why_and_how_to_write_it(
    address: str, country: str, told: str
) -> None:
    with pytest.raises(BadValue) as refused:
        phone_number(address, country)

    assert str(refused.value) == (
        f"the Address {address!r} {told}; write it with + and the country code, like +14255550101"
    )
