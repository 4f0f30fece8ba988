"""The results of the simulation, and their form in a file."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from lab.fill_simulation.estimates import Estimate
from lab.fill_simulation.settings import Setting


@dataclass(frozen=True)
class PolicyResult:
    """What a policy cost and reached in a setting."""

    policy: str
    segments: Estimate
    """Segments per filled seat."""
    share: Estimate
    """Segments per filled seat, divided by those of the broadcast."""
    first_plan_segments: float
    """Segments per filled seat of the first plans, without history."""
    fill_rate: Estimate
    """The share of the seats that are filled by the deadline."""
    fill_rate_difference: Estimate
    """The fill rate less that of the broadcast."""
    median_minutes: float | None
    """The median of the time until the last seat is filled, of all plans; None if half are not filled."""
    median_interval: tuple[float | None, float | None]
    p95_minutes: float | None
    offers: dict[int, float]
    """The share of the employees by the number of texts they got; the last number stands for more, too."""
    most_offers: int
    """The most texts that one employee got."""
    inequality: float
    """The Gini coefficient of the texts per employee."""

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Returns the result that `asdict` wrote to a file."""
        estimates = {name: Estimate(**row[name]) for name in _ESTIMATES}
        offers = {int(count): share for count, share in row["offers"].items()}
        low, high = row["median_interval"]
        return cls(**row | estimates | {"offers": offers, "median_interval": (low, high)})


_ESTIMATES = ("segments", "share", "fill_rate", "fill_rate_difference")


@dataclass(frozen=True)
class SettingResult:
    """The results of a setting by policy."""

    setting: Setting
    policies: dict[str, PolicyResult]


def to_json(results: Sequence[SettingResult]) -> str:
    """Returns the results as a file has them, one setting a line."""
    rows = ",\n".join(json.dumps(asdict(result), allow_nan=False) for result in results)
    return f"[\n{rows}\n]\n"


def from_json(text: str) -> list[SettingResult]:
    """Returns the results of a file."""
    return [
        SettingResult(
            Setting(**row["setting"]),
            {name: PolicyResult.from_row(policy) for name, policy in row["policies"].items()},
        )
        for row in json.loads(text)
    ]
