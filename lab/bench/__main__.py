"""Runs the benchmarks and prints one table of ratios.

Exits with 1 if a ratio misses its target.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from lab.bench.calls import calls_per_text
from lab.bench.figures import Figure
from lab.bench.fills import fill_figures
from lab.bench.inbound import BURST, inbound_figures
from lab.bench.overload import overload
from lab.bench.plain.system import PlainSystem
from lab.bench.planning import planning_figures
from lab.bench.processes import cold_start, synthesis
from lab.bench.reads import deployed_reads, reads_in_memory
from lab.bench.seats import promised_seats
from lab.bench.sending import sending_figures
from lab.lab_system import LabSystem
from lab.screen import Screen
from lab.stop_signals import stop_on_signals

_RECIPIENTS = 4_000
_CAMPAIGN_RATE = 25
"""Message parts per second of the number that sends the campaign.

The embedded cloud needs two cores for about 35.
"""
_UNLIMITED = {"messages_per_second": "1000", "texts_per_hour": "0", "inbound_texts_per_second": "20"}
"""Settings of the lab in which the functions, not the number, limit the speed.

The inbound texts per second set the concurrency. More executions would only wait for the embedded cloud.
"""
_EMPLOYEES = [f"+1425300{number:04}" for number in range(BURST)]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmarks; returns the exit status."""
    arguments = _arguments(argv)
    screen = Screen()
    # The phone network in this process keeps every request. Garbage collection over all of them would pause it.
    gc.set_threshold(50_000, 10, 100_000)
    began = time.monotonic()
    figures: list[Figure] = []
    with stop_on_signals():
        for name, benchmark in _BENCHMARKS.items():
            if name in arguments.benchmarks:
                screen.heading(name, benchmark.__doc__ or "")
                figures += _collect(screen, benchmark(screen))
    screen.heading("Figures", f"Measured in {time.monotonic() - began:.0f} s. A ratio is product / baseline.")
    screen.print(_table(figures))
    if arguments.save:
        rows = [asdict(figure) for figure in figures]
        arguments.save.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    missed = [f"{figure.benchmark}, {figure.case}" for figure in figures if not figure.met]
    for figure in missed:
        screen.note(f"missed its target: {figure}")
    return 1 if missed else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.bench", description="Measure cost and speed as ratios.")
    parser.add_argument(
        "benchmarks", nargs="*", default=list(_BENCHMARKS), help=f"by default all: {', '.join(_BENCHMARKS)}"
    )
    parser.add_argument("--save", type=Path, help="a file for the figures, which the documentation shows")
    arguments = parser.parse_args(argv)
    unknown = sorted(set(arguments.benchmarks) - set(_BENCHMARKS))
    if unknown:
        parser.error(f"unknown benchmark {', '.join(unknown)}; allowed is one of {', '.join(_BENCHMARKS)}")
    return arguments


def _collect(screen: Screen, figures: Iterable[Figure]) -> Iterator[Figure]:
    for figure in figures:
        screen.note(f"{figure.benchmark}, {figure.case}: {figure.product:,.4g} / {figure.baseline:,.4g}")
        yield figure


def _table(figures: Iterable[Figure]) -> Table:
    table = Table("benchmark", "case", "product", "baseline", "ratio", "target", "")
    for figure in figures:
        table.add_row(
            figure.benchmark,
            figure.case,
            f"{figure.product:,.4g}",
            f"{figure.baseline:,.4g}",
            f"{figure.ratio:.3g}",
            figure.target,
            "" if figure.met else "missed",
        )
    return table


def _processes(_screen: Screen) -> Iterator[Figure]:
    """Cold start and synthesis, in fresh processes."""
    yield from cold_start()
    yield from synthesis()


def _planning(_screen: Screen) -> Iterator[Figure]:
    """Launches for up to a million recipients.

    Uses the product's planner with clients that only count calls.
    """
    return planning_figures()


def _reads(_screen: Screen) -> Iterator[Figure]:
    """Items that each command reads with up to 100,000 shifts, on tables in memory."""
    return reads_in_memory()


def _overload(_screen: Screen) -> Iterator[Figure]:
    """Far more texts than the number can answer, in the simulation."""
    return overload()


def _fills(_screen: Screen) -> Iterator[Figure]:
    """Segments of automatic waves and of a broadcast, in the simulation of fill plans."""
    return fill_figures()


def _inbound(screen: Screen) -> Iterator[Figure]:
    """Seats, calls, throughput and reads of the product and of a plain handler.

    Both run on the same cloud.
    """
    with LabSystem(overrides=_UNLIMITED, on_progress=screen.note) as system, system.cached_permissions():
        system.put(system.outputs.employees_table_name, [{"phone_number": number} for number in _EMPLOYEES])
        with PlainSystem(system, _EMPLOYEES) as plain:
            # First, because the others leave many warm environments.
            yield from inbound_figures(system, plain, _EMPLOYEES)
            yield from calls_per_text(system, plain, _EMPLOYEES[-1])
            yield from promised_seats(system, plain, _EMPLOYEES)
            yield from deployed_reads(system, plain, _EMPLOYEES[0])


def _campaign(screen: Screen) -> Iterator[Figure]:
    """A campaign alone and with replies, in the deployed system."""
    overrides = {"messages_per_second": str(_CAMPAIGN_RATE), "texts_per_hour": "0"}
    with LabSystem(overrides=overrides, on_progress=screen.note) as system, system.cached_permissions():
        yield from sending_figures(system, _RECIPIENTS, _CAMPAIGN_RATE)


_BENCHMARKS: dict[str, Callable[[Screen], Iterable[Figure]]] = {
    "processes": _processes,
    "planning": _planning,
    "reads": _reads,
    "overload": _overload,
    "fills": _fills,
    "inbound": _inbound,
    "campaign": _campaign,
}

if __name__ == "__main__":
    sys.exit(main())
