"""Tests the sliding-window rate limit."""

from hypothesis import given
from hypothesis import strategies as st

from lab.phone_network.services.allowance import Allowance


def test_given_a_spent_allowance_when_a_second_has_passed_then_one_more() -> None:
    allowance = Allowance(2)
    assert [allowance.take(now) for now in (0.0, 0.5, 0.9, 1.0, 1.2, 1.5)] == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]


def test_given_a_text_of_three_parts_when_admitted_then_it_takes_three() -> None:
    allowance = Allowance(5)
    taken = [allowance.take(now, parts) for now, parts in ((0.0, 3), (0.1, 3), (0.2, 2), (0.3, 1), (1.0, 3))]
    assert taken == [True, False, True, False, True]


def test_given_a_text_longer_than_the_limit_when_nothing_else_was_sent_then_sent() -> None:
    allowance = Allowance(2)
    taken = [allowance.take(now, parts) for now, parts in ((0.0, 1), (0.5, 3), (1.0, 3), (1.5, 1), (2.0, 1))]
    assert taken == [True, False, True, False, True]


@given(st.integers(1, 5), st.lists(st.floats(0, 3), max_size=60).map(sorted))
def test_given_any_arrivals_when_admitted_then_no_second_holds_more_than_the_limit(
    limit: int, arrivals: list[float]
) -> None:
    allowance = Allowance(limit)
    admitted = [now for now in arrivals if allowance.take(now)]
    for start in admitted:
        assert sum(start <= now < start + 1.0 for now in admitted) <= limit


@given(st.integers(1, 5), st.lists(st.tuples(st.floats(0, 3), st.integers(1, 7)), max_size=60).map(sorted))
def test_given_texts_of_any_length_when_admitted_then_each_second_keeps_the_limit(
    limit: int, arrivals: list[tuple[float, int]]
) -> None:
    allowance = Allowance(limit)
    admitted = [(now, parts) for now, parts in arrivals if allowance.take(now, parts)]
    for start, _ in admitted:
        second = [parts for now, parts in admitted if start <= now < start + 1.0]
        assert sum(second) <= limit or len(second) == 1
