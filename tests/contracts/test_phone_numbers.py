"""Tests that settings and functions spell a phone number alike: otherwise it matches no employee."""

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from shift_sms.building_blocks.validators import PHONE_NUMBER
from shift_sms_runtime.messaging.phone_numbers import to_e164

# Characters that occur between and around the digits of a number, and in extensions.
_ALMOST_NUMBERS = st.text("+0123456789 ().-/\t\u00a0\uff0b\uff11x#;=ext", max_size=24)
_SPACE = st.text(" \t\n\u00a0\u3000", max_size=3)


def parsed(parse: Callable[[str], str], text: str) -> str | None:
    """Returns None for a text that is not allowed."""
    try:
        return parse(text)
    except ValueError:
        return None


@given(st.one_of(st.text(), _ALMOST_NUMBERS, _ALMOST_NUMBERS.map("+1425555".__add__)), _SPACE, _SPACE)
@example("+1 (425) 555-0101", " ", "\n")
@example("tel:+1-425-555-0101;ext=5", "", "")
@example("Ann +14255550101", "", "")
@example("+999123456789", "", "")
def test_given_any_text_when_read_as_a_number_then_settings_and_functions_agree(
    text: str, before: str, after: str
) -> None:
    around = before + text + after
    assert parsed(PHONE_NUMBER.parse, around) == parsed(to_e164, around)
