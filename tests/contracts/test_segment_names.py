"""A segment is named on the command line and in a setting: a name that only one of them takes reaches nobody."""

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from shift_sms.rules import SEGMENT
from shift_sms_cli.segments import ALLOWED, DEFAULT, segment_name, segment_names


def spelt(by: Callable[[str], str], text: str) -> str | None:
    """Returns nothing for what is refused."""
    try:
        return by(text)
    except ValueError:
        return None


@given(st.one_of(st.text(max_size=200), st.text("ab-_. \n;|", max_size=130)))
@example("x" * 128)
@example("x" * 129)
@example(" night\n")
def test_given_any_text_when_read_as_a_segment_then_settings_and_the_command_line_agree(text: str) -> None:
    assert spelt(segment_name, text) == spelt(SEGMENT.parse, text)


@given(st.lists(st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True), max_size=5))
def test_given_names_when_they_share_a_cell_then_each_is_found_once(names: list[str]) -> None:
    assert segment_names("; ".join(names)) == tuple(dict.fromkeys(names))


def test_given_the_rule_when_told_then_settings_and_the_command_line_say_the_same() -> None:
    assert SEGMENT.allowed == ALLOWED
    assert SEGMENT.parse(DEFAULT) == DEFAULT
