"""Tests the benchmarks that need no deployed system, with few recipients and shifts."""

import math

import pytest

from lab.bench import reads
from lab.bench.figures import Figure
from lab.bench.inbound import percentile
from lab.bench.planning import bytes_per_work_item, plan


def test_given_ten_times_the_recipients_when_planned_then_calls_per_recipient_stay() -> None:
    small, large = plan(3_000), plan(30_000)
    assert (small.queued, large.queued) == (3_000, 30_000)
    # The calls of the launch itself weigh more in the small one.
    assert 0.8 < large.calls_per_thousand / small.calls_per_thousand <= 1
    assert bytes_per_work_item() < 256 * 1024


@pytest.mark.parametrize(
    ("product", "baseline", "ratio", "met"),
    [(3, 2, 1.5, True), (4, 2, 2, False), (1, 2, 0.5, False), (0, 0, 0, False), (1, 0, math.inf, False)],
)
def test_given_bounds_when_the_ratio_is_outside_then_the_target_is_missed(
    product: float, baseline: float, ratio: float, met: bool
) -> None:
    figure = Figure("delay", "1 phone", product, baseline, at_least=1, at_most=1.5)
    assert (figure.ratio, figure.met, figure.target) == (ratio, met, ">= 1 and <= 1.5")


def test_given_values_when_a_percentile_is_taken_then_it_is_one_of_them() -> None:
    assert percentile(range(100, 0, -1), 50) == 50
    assert percentile(range(1, 101), 99) == 99
    assert percentile([7.0], 99) == 7.0


def test_given_more_shifts_when_texted_in_memory_then_reads_do_not_grow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reads, "SHIFTS_IN_MEMORY", (100, 1_000))
    figures = list(reads.reads_in_memory())
    assert [figure for figure in figures if not figure.met] == []
    assert {figure.case for figure in figures} == {"100 shifts", "1,000 shifts"}
