"""Runs the plans of a setting with every policy, on the same populations, and summarizes them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isinf
from random import Random

from lab.fill_simulation.estimates import mean, median_interval, percentile, ratio, ratio_of_ratios
from lab.fill_simulation.plan_run import History, PlanResult, run_plan
from lab.fill_simulation.policies import POLICIES, Policy
from lab.fill_simulation.population import Population, Reaction
from lab.fill_simulation.results import PolicyResult, SettingResult
from lab.fill_simulation.settings import Setting
from shift_sms_runtime.fill_plans.ranking import RankingInputs, ranked
from shift_sms_runtime.shifts.filling.fill_details import FillOrder

POPULATIONS = 20
LARGE = 2_000
POPULATIONS_OF_LARGE = 5
"""Populations from 2,000 employees on, which take longer."""
PLANS = 20
"""Plans of each population, one a day. The first one knows nothing of the employees."""
_FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
_MOST_TEXTS_SHOWN = 10


@dataclass(frozen=True)
class _PopulationRun:
    plans: Sequence[PlanResult]
    offers: Sequence[int]
    """Texts per employee."""

    @property
    def segments(self) -> int:
        return sum(plan.segments for plan in self.plans)

    @property
    def filled(self) -> int:
        return sum(plan.filled for plan in self.plans)

    @property
    def fill_rate(self) -> float:
        return self.filled / sum(plan.seats for plan in self.plans)


def run_all(settings: Sequence[Setting], processes: int) -> Iterator[SettingResult]:
    """Runs the settings in processes, the largest populations first; yields each as it ends."""
    largest_first = sorted(settings, key=lambda setting: -setting.employees)
    with ProcessPoolExecutor(processes) as pool:
        for future in as_completed([pool.submit(run_setting, setting) for setting in largest_first]):
            yield future.result()


def run_setting(setting: Setting, populations: int = POPULATIONS, plans: int = PLANS) -> SettingResult:
    """Runs all policies on the populations of a setting; fewer of large ones."""
    if setting.employees >= LARGE:
        populations = min(populations, POPULATIONS_OF_LARGE)
    runs = [_run_population(setting, seed, plans) for seed in range(populations)]
    broadcast = [run[0] for run in runs]
    return SettingResult(
        setting,
        {
            policy.name: _summary(policy.name, [run[index] for run in runs], broadcast)
            for index, policy in enumerate(POLICIES)
        },
    )


def _run_population(setting: Setting, seed: int, plans: int) -> list[_PopulationRun]:
    """Returns the runs of one population, by policy."""
    population = Population(setting, seed)
    reactions = [population.reactions() for _ in range(plans)]
    return [_run_policy(policy, setting, reactions, seed) for policy in POLICIES]


def _run_policy(
    policy: Policy, setting: Setting, shifts: Sequence[Sequence[Reaction]], seed: int
) -> _PopulationRun:
    history, timers = History(), Random(seed)  # noqa: S311 - for data, not for secrets
    offers, last_offers = [0] * setting.employees, [""] * setting.employees
    results = []
    for day, reactions in enumerate(shifts):
        started_at = _FIRST_DAY + timedelta(days=day, hours=setting.hour)
        result = run_plan(
            policy,
            _order(offers, last_offers),
            reactions,
            seats=setting.seats,
            started_at=started_at,
            fill_by=started_at + timedelta(hours=setting.hours),
            history=history,
            timers=timers,
        )
        for text in result.texts:
            offers[text.employee] += 1
            last_offers[text.employee] = started_at.isoformat()
        results.append(result)
    return _PopulationRun(results, offers)


def _order(offers: Sequence[int], last_offers: Sequence[str]) -> list[int]:
    """Returns the employees in the product's order of rotation."""
    inputs = [
        RankingInputs(f"{number:05}", contacts=count, last_contact=last)
        for number, (count, last) in enumerate(zip(offers, last_offers, strict=True))
    ]
    return [int(one.phone_number) for one in ranked(inputs, FillOrder.ROTATION, seed="")]


def _summary(name: str, runs: Sequence[_PopulationRun], broadcast: Sequence[_PopulationRun]) -> PolicyResult:
    minutes = [plan.minutes_to_fill for run in runs for plan in run.plans]
    offers = [count for run in runs for count in run.offers]
    shown = Counter(min(count, _MOST_TEXTS_SHOWN) for count in offers)
    low, high = median_interval(minutes)
    first_plans = [run.plans[0] for run in runs]
    return PolicyResult(
        policy=name,
        segments=ratio(*_totals(runs)),
        share=ratio_of_ratios(_totals(runs), _totals(broadcast)),
        first_plan_segments=ratio(
            [plan.segments for plan in first_plans], [plan.filled for plan in first_plans]
        ).value,
        fill_rate=mean([run.fill_rate for run in runs]),
        fill_rate_difference=mean(
            [run.fill_rate - other.fill_rate for run, other in zip(runs, broadcast, strict=True)]
        ),
        median_minutes=_finite(percentile(minutes, 0.5)),
        median_interval=(_finite(low), _finite(high)),
        p95_minutes=_finite(percentile(minutes, 0.95)),
        offers={count: shown[count] / len(offers) for count in sorted(shown)},
        most_offers=max(offers),
        inequality=_gini(offers),
    )


def _totals(runs: Sequence[_PopulationRun]) -> tuple[list[float], list[float]]:
    """Returns the segments and the filled seats of each population."""
    return [run.segments for run in runs], [run.filled for run in runs]


def _finite(minutes: float) -> float | None:
    return None if isinf(minutes) else minutes


def _gini(counts: Sequence[int]) -> float:
    total, count = sum(counts), len(counts)
    ranked = sum(rank * value for rank, value in enumerate(sorted(counts), 1))
    return 2 * ranked / (count * total) - (count + 1) / count if total else 0.0
