"""The rate that is never exceeded."""

from hypothesis import given
from hypothesis import strategies as st

from lab.phone_network.allowance import Allowance


def test_given_a_spent_allowance_when_a_second_passed_since_the_first_then_one_more() -> None:
    allowance = Allowance(2)
    assert [allowance.take(now) for now in (0.0, 0.5, 0.9, 1.0, 1.2, 1.5)] == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]


@given(st.integers(1, 5), st.lists(st.floats(0, 3), max_size=60).map(sorted))
def test_given_any_arrivals_when_admitted_then_no_second_holds_more_than_the_limit(
    limit: int, arrivals: list[float]
) -> None:
    allowance = Allowance(limit)
    admitted = [now for now in arrivals if allowance.take(now)]
    for start in admitted:
        assert sum(start <= now < start + 1.0 for now in admitted) <= limit
