"""Tests that settings and the command line take the same names of segments."""

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from shift_sms.building_blocks.validators import SEGMENT
from shift_sms_operator.employees.segments import segment_name
from shift_sms_runtime.campaigns.segment_names import ALLOWED_SEGMENT_NAMES, DEFAULT_SEGMENT


def parsed(parse: Callable[[str], str], text: str) -> str | None:
    """Returns None for a text that is not allowed."""
    try:
        return parse(text)
    except ValueError:
        return None


@given(st.one_of(st.text(max_size=200), st.text("ab-_. \n;|", max_size=130)))
@example("x" * 128)
@example("x" * 129)
@example(" night\n")
def test_given_any_text_when_read_as_a_segment_then_settings_and_cli_agree(text: str) -> None:
    assert parsed(segment_name, text) == parsed(SEGMENT.parse, text)


def test_given_the_rule_when_shown_then_settings_and_the_command_line_agree() -> None:
    assert SEGMENT.allowed == ALLOWED_SEGMENT_NAMES
    assert SEGMENT.parse(DEFAULT_SEGMENT) == DEFAULT_SEGMENT
