"""Tests the order of employees, and that stored inputs give the same order again."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.fill_plans.ranking import RankingInputs, ranked
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

ANN = RankingInputs("+1", contacts=2, last_contact="2026-08-01", hired_at="2020-01-01", minutes=600)
BOB = RankingInputs("+2", contacts=1, last_contact="2026-07-01", hired_at="", minutes=60)
CID = RankingInputs("+3", contacts=0, hired_at="2010-01-01", minutes=60)
DAN = RankingInputs("+4", contacts=0, hired_at="2010-01-01", minutes=700)

INPUTS = st.lists(
    st.builds(
        RankingInputs,
        st.from_regex(r"\+1[0-9]{3}", fullmatch=True),
        st.integers(0, 3),
        st.sampled_from(["", "2026-07-01", "2026-08-01"]),
        st.sampled_from(["", "2010-01-01", "2020-01-01"]),
        st.sampled_from([0, 60, 600]),
    ),
    unique_by=lambda one: one.phone_number,
)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (FillOrder.BROADCAST, [CID, DAN, BOB, ANN]),
        (FillOrder.SENIORITY, [CID, DAN, ANN, BOB]),
        (FillOrder.ROTATION, [CID, DAN, BOB, ANN]),
        (FillOrder.FEWEST_HOURS, [CID, BOB, ANN, DAN]),
    ],
)
def test_given_an_order_when_ranked_then_ties_go_to_the_fewest_texts(
    order: FillOrder, expected: list[RankingInputs]
) -> None:
    assert ranked([ANN, BOB, CID, DAN], order, seed="s") == expected


@given(INPUTS, st.sampled_from(FillOrder), st.text(max_size=5), st.randoms())
def test_given_inputs_in_any_sequence_when_ranked_then_the_order_is_the_same(
    inputs: list[RankingInputs], order: FillOrder, seed: str, shuffler: random.Random
) -> None:
    expected = ranked(inputs, order, seed=seed)
    shuffled = [*inputs]
    shuffler.shuffle(shuffled)
    assert ranked(shuffled, order, seed=seed) == expected
    assert sorted(expected, key=repr) == sorted(inputs, key=repr)


@given(INPUTS, st.sampled_from(FillOrder), st.integers(0, 5))
def test_given_a_wave_when_the_others_are_ranked_then_they_keep_their_order(
    inputs: list[RankingInputs], order: FillOrder, size: int
) -> None:
    expected = ranked(inputs, order, seed="s")
    assert ranked(expected[size:], order, seed="s") == expected[size:]


def test_given_random_when_plans_differ_then_so_do_their_orders() -> None:
    inputs = [RankingInputs(f"+1{number}") for number in range(50)]
    orders = {tuple(ranked(inputs, FillOrder.RANDOM, seed=f"plan {number}")) for number in range(5)}
    assert len(orders) == 5
