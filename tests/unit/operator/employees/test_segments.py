"""Tests how names of segments are read."""

from hypothesis import given
from hypothesis import strategies as st

from shift_sms_operator.employees.segments import segment_names


@given(st.lists(st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True), max_size=5))
def test_given_names_when_they_share_a_cell_then_each_is_found_once(names: list[str]) -> None:
    assert segment_names("; ".join(names)) == tuple(dict.fromkeys(names))
