"""Tests the names that segments may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.campaigns.segment_names import ALLOWED_SEGMENT_NAMES, DEFAULT_SEGMENT, segment_name


@given(st.from_regex(r"[A-Za-z0-9_.-]{1,128}", fullmatch=True), st.text(" \t\n\u00a0", max_size=3))
def test_given_a_name_when_read_then_the_space_around_it_is_removed(name: str, space: str) -> None:
    assert segment_name(space + name + space) == name


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 129, "night shift", "night;day", "nächte", "a/b", "night\nday"]
)
def test_given_a_name_that_is_not_allowed_when_read_then_the_error_says_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="must be 1 to 128 letters, digits, or any of") as refusal:
        segment_name(text)
    assert ALLOWED_SEGMENT_NAMES in str(refusal.value)


def test_given_the_default_segment_when_read_then_its_name_is_allowed() -> None:
    assert segment_name(DEFAULT_SEGMENT) == DEFAULT_SEGMENT
