"""The targets of automatic waves, and the settings in which waves do worse than a broadcast."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from lab.fill_simulation.results import PolicyResult, SettingResult
from lab.fill_simulation.settings import Setting

SHARES = {0.02: 0.2, 0.1: 0.06}
"""The segments per filled seat that automatic waves may cost, of a broadcast, by the probability of a claim."""
MEDIAN_MINUTES = 15
_SMALL_SAVING = 0.9


@dataclass(frozen=True)
class Target:
    """One target of the setting with 500 employees and four hours."""

    name: str
    value: float
    at_most: float

    @property
    def met(self) -> bool:
        return self.value <= self.at_most


def targets(results: Sequence[SettingResult]) -> Iterator[Target]:
    """Yields the targets of the settings among `results` that have some."""
    by_setting = {result.setting: result.policies for result in results}
    for probability, at_most in SHARES.items():
        policies = by_setting.get(Setting(probability=probability))
        if policies is not None:
            yield from _targets(f"{probability:.0%}".replace("%", " %"), policies, at_most)


def _targets(name: str, policies: Mapping[str, PolicyResult], at_most: float) -> Iterator[Target]:
    auto = policies["auto"]
    yield Target(f"share of a broadcast's segments at {name}", auto.share.value, at_most)
    lower = auto.fill_rate_difference
    yield Target(f"lower fill rate at {name}, beyond the confidence interval", max(0.0, -lower.high), 0)
    if at_most == min(SHARES.values()):
        yield Target(f"median minutes to fill at {name}", _minutes(auto.median_minutes), MEDIAN_MINUTES)


def drawbacks(result: SettingResult, policy: str) -> list[str]:
    """Returns in what the waves of `policy` do worse than a broadcast, beside the time to fill.

    A later seat is the price of fewer texts, so it is a drawback only where hardly any text is saved.
    """
    broadcast, waves = result.policies["broadcast"], result.policies[policy]
    found = []
    if waves.fill_rate_difference.high < 0:
        found.append("fills fewer seats")
    if waves.share.low > 1:
        found.append("costs more segments")
    elif waves.share.value > _SMALL_SAVING and waves.segments != broadcast.segments:
        found.append("saves less than 10 %")
    return found


def _minutes(minutes: float | None) -> float:
    return inf if minutes is None else minutes
