"""Tests the rate limit and its burst."""

from hypothesis import given
from hypothesis import strategies as st

from lab.phone_network.services.allowance import Allowance


def test_given_a_spent_allowance_when_time_passes_then_it_fills_at_the_rate() -> None:
    allowance = Allowance(2, burst=2)
    taken = [allowance.take(now) for now in (0.0, 0.0, 0.4, 0.5, 0.9, 1.0, 9.0, 9.0, 9.0)]
    assert taken == [True, True, False, True, False, True, True, True, False]


def test_given_a_text_of_three_parts_when_admitted_then_it_takes_three() -> None:
    allowance = Allowance(5, burst=5)
    taken = [allowance.take(now, parts) for now, parts in ((0.0, 3), (0.1, 3), (0.2, 3), (0.3, 1), (0.8, 3))]
    assert taken == [True, False, True, False, True]


def test_given_a_text_longer_than_the_burst_when_the_allowance_is_full_then_sent() -> None:
    allowance = Allowance(2, burst=2)
    taken = [allowance.take(now, parts) for now, parts in ((0.0, 1), (0.4, 3), (0.5, 3), (1.4, 1), (1.5, 1))]
    assert taken == [True, False, True, False, True]


@given(
    st.integers(1, 5),
    st.integers(1, 10),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 7)), max_size=60).map(sorted),
)
def test_given_any_arrivals_when_admitted_then_every_period_keeps_rate_and_burst(
    rate: int, burst: int, arrivals: list[tuple[float, int]]
) -> None:
    allowance = Allowance(rate, burst)
    admitted = [(now, parts) for now, parts in arrivals if allowance.take(now, parts)]
    for first, (start, _) in enumerate(admitted):
        for last in range(first, len(admitted)):
            end, parts_of_last = admitted[last]
            before = sum(parts for _, parts in admitted[first:last])
            assert before + min(parts_of_last, burst) <= burst + rate * (end - start) + 1e-6
