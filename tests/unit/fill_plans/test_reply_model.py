"""Tests the posterior of the probability and of the delay of a claim."""

from collections.abc import Iterable
from datetime import timedelta
from math import exp, log
from random import Random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shift_sms_runtime.fill_plans.reply_model import ReplyModel, ReplyStatistics

MINUTE = timedelta(minutes=1)


def total(parts: Iterable[ReplyStatistics]) -> ReplyStatistics:
    return sum(parts, ReplyStatistics())


def history(texts: int, probability: float, median_minutes: float, seed: int = 1) -> ReplyStatistics:
    random = Random(seed)
    return total(
        ReplyStatistics.of_claim(timedelta(minutes=random.lognormvariate(log(median_minutes), 1)))
        if random.random() < probability
        else ReplyStatistics(contacted=1)
        for _ in range(texts)
    )


def test_given_no_history_when_asked_then_the_documented_prior_applies() -> None:
    model = ReplyModel()
    assert model == ReplyModel.of(ReplyStatistics())
    assert model.claim_probability == pytest.approx(0.1)
    assert model.claims_within(timedelta(minutes=12)) == pytest.approx(0.05)
    mean_minutes = exp(model.log_delay.mean + model.log_delay.variance / 2) / 60
    assert mean_minutes == pytest.approx(42, abs=1)
    weights = [weight for probability, weight in model.probabilities if 0.006 <= probability <= 0.28]
    assert sum(weights) == pytest.approx(0.9, abs=0.1)


def test_given_a_long_history_when_asked_then_it_replaces_the_prior() -> None:
    model = ReplyModel.of(history(20_000, 0.03, median_minutes=40))
    assert model.claim_probability == pytest.approx(0.03, rel=0.1)
    assert exp(model.log_delay.mean) / 60 == pytest.approx(40, rel=0.1)
    assert model.log_delay.stdev == pytest.approx(1, rel=0.1)


def test_given_a_few_texts_when_asked_then_the_update_is_conjugate() -> None:
    claim = ReplyStatistics.of_claim(timedelta(minutes=12))
    model = ReplyModel.of(claim + ReplyStatistics(contacted=9))
    assert (model.alpha, model.beta) == (2, 18)
    # A claim at the prior's median keeps the mean, and there is less doubt about it.
    assert model.log_delay.mean == pytest.approx(ReplyModel().log_delay.mean)
    assert model.log_delay.stdev < ReplyModel().log_delay.stdev


def test_given_other_hours_when_asked_then_they_count_less_than_the_hour() -> None:
    by_hour = {9: history(500, 0.3, 5), 14: history(500, 0.3, 5), 22: history(500, 0.02, 60)}
    assert ReplyModel.of_hour(22, by_hour).claim_probability == pytest.approx(0.05, abs=0.02)
    assert ReplyModel.of_hour(9, by_hour).claim_probability == pytest.approx(0.28, abs=0.04)
    # An hour without texts is like the others together.
    assert ReplyModel.of_hour(3, by_hour).claim_probability == pytest.approx(0.19, abs=0.04)
    assert ReplyModel.of_hour(3, {}) == ReplyModel()


def test_given_the_hours_in_another_order_when_asked_then_the_model_is_the_same() -> None:
    by_hour = {hour: history(50, 0.1, 10, seed=hour) for hour in range(24)}
    backwards = dict(reversed(by_hour.items()))
    assert ReplyModel.of_hour(5, by_hour) == ReplyModel.of_hour(5, backwards)


def test_given_a_claim_without_delay_when_counted_then_it_took_a_second() -> None:
    # A clock that differs from the carrier's can put the claim before the text.
    early = ReplyStatistics.of_claim(timedelta(seconds=-3))
    assert early == ReplyStatistics.of_claim(timedelta(seconds=1)) == ReplyStatistics(1, 1, 0, 0)


def test_given_plans_that_end_with_a_claim_when_learned_then_delays_stay_long() -> None:
    random, statistics, firsts = Random(3), ReplyStatistics(), list[timedelta]()
    for _ in range(400):
        # Of 30 employees, 10 % claim; the plan ends with the first claim, or after two hours.
        delays = [
            timedelta(minutes=random.lognormvariate(log(20), 1)) if random.random() < 0.1 else None
            for _ in range(30)
        ]
        first = min((delay for delay in delays if delay), default=2 * 60 * MINUTE)
        firsts.append(first)
        model = ReplyModel.of(statistics)
        statistics += total(
            ReplyStatistics.of_claim(first) if delay == first else model.silence(first) for delay in delays
        )
    model = ReplyModel.of(statistics)
    assert exp(fmean(log(first.total_seconds()) for first in firsts)) / 60 < 12
    assert exp(model.log_delay.mean) / 60 == pytest.approx(20, rel=0.3)
    assert model.claim_probability == pytest.approx(0.1, rel=0.3)


@given(st.floats(0, 10_000_000), st.integers(0, 3_000), st.integers(0, 3_000))
@settings(max_examples=50, deadline=None)
def test_given_a_silent_text_when_counted_then_a_later_claim_is_expected_in_part(
    seconds: float, claimed: int, silent: int
) -> None:
    claims = ReplyStatistics.of_claim(9 * MINUTE).weighted(claimed)
    model = ReplyModel.of(claims + ReplyStatistics(contacted=silent))
    counted = model.silence(timedelta(seconds=seconds))
    assert counted.claimed == 0
    assert counted.contacted == pytest.approx(model.share_within(max(1.0, seconds)))
    assert 0 <= counted.expected <= model.claim_probability
    if counted.expected:
        assert counted.log_delays / counted.expected >= log(max(1.0, seconds)) - 1e-6
        assert counted.squared_log_delays * counted.expected >= counted.log_delays**2 * (1 - 1e-6)


counts = st.tuples(st.integers(0, 3_000), st.integers(0, 3_000), st.floats(0.5, 600))


@settings(max_examples=50, deadline=None)
@given(counts)
def test_given_any_counts_when_asked_then_it_is_a_distribution(case: tuple[int, int, float]) -> None:
    claimed, silent, minutes = case
    claims = ReplyStatistics.of_claim(minutes * MINUTE).weighted(claimed)
    model = ReplyModel.of(claims + ReplyStatistics(contacted=silent))
    assert sum(weight for _, weight in model.probabilities) == pytest.approx(1)
    assert all(0 < probability < 1 and weight >= 0 for probability, weight in model.probabilities)
    mean = sum(probability * weight for probability, weight in model.probabilities)
    assert mean == pytest.approx(model.claim_probability, rel=0.1, abs=0.002)
    shares = [model.share_within(delay * MINUTE) for delay in (0, 1, 10, 100, 100_000)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert model.share_within(60.0) == shares[1]


@settings(max_examples=50, deadline=None)
@given(counts, st.integers(1, 50))
def test_given_another_claim_when_counted_then_claims_are_likelier(
    case: tuple[int, int, float], more: int
) -> None:
    claimed, silent, minutes = case
    claim = ReplyStatistics.of_claim(minutes * MINUTE)
    before = claim.weighted(claimed) + ReplyStatistics(contacted=silent)
    rising = [
        ReplyModel.of(statistics).claim_probability
        for statistics in (before + ReplyStatistics(contacted=more), before, before + claim.weighted(more))
    ]
    assert rising == sorted(rising)
    assert rising[0] < fmean(rising) < rising[-1]
