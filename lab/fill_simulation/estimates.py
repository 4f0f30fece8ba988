"""Means and ratios over populations, with confidence intervals of 95 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist, fmean, stdev

_QUANTILE = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Estimate:
    """A value, and half the width of its confidence interval."""

    value: float
    margin: float

    @property
    def low(self) -> float:
        return self.value - self.margin

    @property
    def high(self) -> float:
        return self.value + self.margin


def mean(values: Sequence[float]) -> Estimate:
    """Estimates the mean of independent values."""
    return Estimate(fmean(values), _student(len(values)) * stdev(values) / sqrt(len(values)))


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Estimate:
    """Estimates the ratio of two sums over the same populations, linearized (delta method)."""
    below = fmean(denominators)
    if not below:
        return Estimate(inf, inf)
    value = fmean(numerators) / below
    residuals = [top - value * bottom for top, bottom in zip(numerators, denominators, strict=True)]
    return Estimate(value, mean(residuals).margin / below)


def ratio_of_ratios(
    first: tuple[Sequence[float], Sequence[float]], second: tuple[Sequence[float], Sequence[float]]
) -> Estimate:
    """Estimates the quotient of two such ratios over the same populations."""
    sums = [fmean(values) for values in (*first, *second)]
    if not all(sums):
        return Estimate(inf, inf)
    value = sums[0] / sums[1] / (sums[2] / sums[3])
    residuals = [
        a / sums[0] - b / sums[1] - c / sums[2] + d / sums[3]
        for a, b, c, d in zip(*first, *second, strict=True)
    ]
    return Estimate(value, value * mean(residuals).margin)


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the value below which `share` of the values are."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """Returns the confidence interval of the median, from the order of the values."""
    half = _QUANTILE * sqrt(len(values)) / 2
    ordered = sorted(values)
    low, high = int(len(values) / 2 - half), int(len(values) / 2 + half)
    return ordered[max(low, 0)], ordered[min(high, len(values) - 1)]


def _student(count: int) -> float:
    """Returns the 97.5 % quantile of Student's distribution, by its expansion around the normal one."""
    z, degrees = _QUANTILE, count - 1
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
