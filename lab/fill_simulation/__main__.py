"""Runs the simulation of fill plans: `python -m lab.fill_simulation`."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from lab.fill_simulation.results import SettingResult, to_json
from lab.fill_simulation.settings import SETTINGS
from lab.fill_simulation.study import run_all
from lab.fill_simulation.targets import targets
from lab.screen import Screen


def main(argv: Sequence[str] | None = None) -> int:
    """Runs all settings and returns the exit code: 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m lab.fill_simulation", description=__doc__)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--save", type=Path, help="a file for the results, which the documentation shows")
    arguments = parser.parse_args(argv)
    screen, began = Screen(), time.monotonic()
    screen.heading("Fill plans", f"{len(SETTINGS)} settings with every policy, in virtual time")
    results: list[SettingResult] = []
    for result in run_all(SETTINGS, arguments.processes):
        results.append(result)
        screen.note(
            f"{len(results)} of {len(SETTINGS)}: {result.setting.name}, {time.monotonic() - began:.0f} s"
        )
    results.sort(key=lambda result: SETTINGS.index(result.setting))
    screen.print(_table(results))
    screen.note("Each cell: automatic waves / 20 every 15 minutes / broadcast.")
    if arguments.save:
        arguments.save.write_text(to_json(results), encoding="utf-8")
    reached = list(targets(results))
    for target in reached:
        outcome = "met" if target.met else "missed"
        screen.note(f"{target.name}: {target.value:.3g}, at most {target.at_most:g}: {outcome}")
    return 0 if all(target.met for target in reached) else 1


def _table(results: Sequence[SettingResult]) -> Table:
    table = Table("setting", "segments, of a broadcast", "seats filled", "median minutes to fill")
    for result in results:
        auto, fixed, broadcast = (result.policies[name] for name in ("auto", "fixed", "broadcast"))
        table.add_row(
            result.setting.name,
            " / ".join(f"{one.share.value:.1%} ± {one.share.margin:.1%}" for one in (auto, fixed)),
            " / ".join(f"{one.fill_rate.value:.1%}" for one in (auto, fixed, broadcast)),
            " / ".join(_minutes(one.median_minutes) for one in (auto, fixed, broadcast)),
        )
    return table


def _minutes(minutes: float | None) -> str:
    return "never" if minutes is None else f"{minutes:.1f}"


if __name__ == "__main__":
    sys.exit(main())
