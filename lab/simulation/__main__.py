"""Runs the simulation: `python -m lab.simulation`."""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

from lab.simulation.runs import Run, RunResult, carry_out, carry_out_all
from lab.simulation.scenarios import SCENARIOS

_TRACES = Path(".lab")
_SHOWN = 40
"""The last lines of the trace that a replay shows."""


def main() -> int:
    """Runs the seeds and returns the exit code: 1 if an invariant was violated."""
    parser = argparse.ArgumentParser(prog="python -m lab.simulation", description=__doc__)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), help="by default all")
    parser.add_argument("--seed", type=int, help="run this seed alone and keep its trace")
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds of the mixed scenario")
    parser.add_argument("--large-seeds", type=int, default=3, help="how many seeds of each large scenario")
    parser.add_argument("--small-seeds", type=int, default=20, help="how many seeds of each other scenario")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.seed is not None:
        return _replay(Run(options.scenario or "mixed", options.seed))
    return _run_all(_runs(options), options.processes)


def _runs(options: argparse.Namespace) -> list[Run]:
    if options.scenario is not None:
        scenario = SCENARIOS[options.scenario]
        count = scenario.stops or (options.large_seeds if scenario.large else options.seeds)
        return [Run(options.scenario, seed) for seed in range(count)]
    # The large runs come first, so that the last runs are short and both processes end together.
    large = [
        Run(name, seed)
        for name, scenario in SCENARIOS.items()
        if scenario.large
        for seed in range(options.large_seeds)
    ]
    stops = [Run(name, seed) for name, scenario in SCENARIOS.items() for seed in range(scenario.stops)]
    small = [
        Run(name, seed)
        for name, scenario in SCENARIOS.items()
        if name != "mixed" and not scenario.large and not scenario.stops
        for seed in range(options.small_seeds)
    ]
    return [*large, *stops, *small, *(Run("mixed", seed) for seed in range(options.seeds))]


def _run_all(runs: list[Run], processes: int) -> int:
    began = time.perf_counter()
    results: list[RunResult] = []
    for result in carry_out_all(runs, processes):
        results.append(result)
        if result.violations or SCENARIOS[result.run.scenario].large:
            _show(result)
        if sys.stdout.isatty() or len(results) % 50 == 0:
            end = "\r" if sys.stdout.isatty() else "\n"
            print(
                f"{len(results)} of {len(runs)} runs, {time.perf_counter() - began:.0f} s",
                end=end,
                flush=True,
            )
    _summarize(results, time.perf_counter() - began)
    failed = [result for result in results if result.violations]
    for result in failed[:10]:
        print(f"To repeat this run with its trace: {result.run.command}")
    return 1 if failed else 0


def _show(result: RunResult) -> None:
    outcome = result.outcome
    print(
        f"{result.run.scenario} {result.run.seed}: {outcome.inbound} texts, {outcome.answered} answered,"
        f" {outcome.unknown} unknown, {result.stops} stops, {outcome.throttled} of {outcome.attempts} sends throttled,"
        f" {result.ratio:.2f} times the ideal time, {result.calls} calls, {result.seconds:.0f} s"
    )
    for violation in result.violations:
        print(f"  VIOLATED {violation}")


def _summarize(results: list[RunResult], seconds: float) -> None:
    by_scenario: dict[str, list[RunResult]] = defaultdict(list)
    for result in results:
        by_scenario[result.run.scenario].append(result)
    print()
    for name, group in by_scenario.items():
        texts = sum(result.outcome.inbound for result in group)
        unknown = sum(result.outcome.unknown for result in group)
        violated = sum(bool(result.violations) for result in group)
        hours = sum(result.simulated_seconds for result in group) / 3600
        print(
            f"{name}: {len(group)} runs, {texts} texts, {unknown} replies unknown,"
            f" {sum(result.stops for result in group)} stops, {sum(result.calls for result in group)} calls,"
            f" {hours:.0f} simulated hours, {violated} runs violated an invariant"
        )
    print(f"{len(results)} runs in {seconds:.0f} s")


def _replay(run: Run) -> int:
    result = carry_out(run, keep_trace=True)
    _TRACES.mkdir(exist_ok=True)
    path = _TRACES / f"simulation-{run.scenario}-{run.seed}.txt"
    path.write_text("\n".join(result.trace) + "\n", encoding="utf-8")
    if result.violations:
        print("\n".join(result.trace[-_SHOWN:]))
    _show(result)
    print(f"The trace, {len(result.trace)} steps with hash {result.digest}, is in {path}")
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
