"""Compares automatic waves of fill plans with a broadcast, in four settings of the simulation."""

from collections.abc import Iterator

from lab.bench.figures import Figure
from lab.fill_simulation.settings import Setting
from lab.fill_simulation.study import run_setting
from lab.fill_simulation.targets import MEDIAN_MINUTES, SHARES

_SETTINGS = (
    Setting(employees=60),
    Setting(),
    Setting(probability=0.02),
    Setting(employees=2_000, probability=0.05),
)
_MEDIAN_PROBABILITY = 0.1
"""From this probability of a claim on, the median time to fill has a target."""


def fill_figures(populations: int = 10) -> Iterator[Figure]:
    """Yields, per setting, segments, filled seats and the time to fill."""
    for setting in _SETTINGS:
        policies = run_setting(setting, populations).policies
        auto, broadcast = policies["auto"], policies["broadcast"]
        yield Figure(
            "segments per filled seat, waves / broadcast",
            setting.name,
            auto.segments.value,
            broadcast.segments.value,
            at_most=SHARES.get(setting.probability) if setting.employees == Setting().employees else None,
        )
        margin = auto.fill_rate_difference.margin
        yield Figure(
            "seats filled, waves / broadcast",
            setting.name,
            auto.fill_rate.value,
            broadcast.fill_rate.value,
            at_least=1 - margin / broadcast.fill_rate.value,
        )
        if setting.probability >= _MEDIAN_PROBABILITY and auto.median_minutes is not None:
            yield Figure(
                "median minutes to fill with waves / target",
                setting.name,
                auto.median_minutes,
                MEDIAN_MINUTES,
                at_most=1,
            )
