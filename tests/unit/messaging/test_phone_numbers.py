"""Tests how phone numbers are normalized to E.164."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, is_fictional, to_e164


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+14255550101", "+14255550101"),
        (" +1 (425) 555-0101 ", "+14255550101"),
        ("+44 20 7946 0000", "+442079460000"),
        ("＋１４２５５５５０１０１", "+14255550101"),
    ],
)
def test_given_a_number_when_normalized_then_it_is_e164(text: str, number: str) -> None:
    assert to_e164(text) == number


@pytest.mark.parametrize(
    "text", ["", "4255550101", "12345", "+1425", "+999123456789", "Ann", "+1425555010100000000"]
)
def test_given_text_that_is_no_international_number_when_normalized_then_refused(
    text: str,
) -> None:
    with pytest.raises(NotAPhoneNumber):
        to_e164(text)


@given(st.text())
def test_given_any_text_when_normalized_again_then_unchanged_or_refused(text: str) -> None:
    try:
        number = to_e164(text)
    except NotAPhoneNumber:
        return
    assert number.startswith("+")
    assert to_e164(number) == number


@pytest.mark.parametrize(
    ("number", "fictional"),
    [
        ("+14255550100", True),
        ("+12125550199", True),
        ("+14255550200", False),
        ("+14255540100", False),
        ("+442079460000", False),
        ("+142555501001", False),
    ],
)
def test_given_a_number_when_checked_then_only_555_01xx_is_fictional(number: str, fictional: bool) -> None:
    assert is_fictional(number) is fictional
