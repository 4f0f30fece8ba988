"""Runs the benchmarks and prints their figures; exits with 1 if one of them misses its target."""

import argparse
import gc
import sys
from collections.abc import Sequence

from rich.table import Table

from lab.bench.calls import calls_per_command
from lab.bench.crowd import WINDOW_SECONDS
from lab.bench.planning import RECIPIENTS_PER_ITEM, PlanningFigures, bytes_per_work_item, plan
from lab.bench.sending import ANSWERS, send
from lab.lab_system import MESSAGES_PER_SECOND, LabSystem
from lab.screen import Screen
from lab.stop_signals import stop_on_signals

_SIZES = (10_000, 100_000, 1_000_000)
_SHARE = 0.8
_WITHIN = 0.05
_MEGABYTE = 1e6
_MOST_CALLS_OF_A_BOOKING = 5
_MOST_CALLS = 10
"""For any other text, with what reconciles its shift."""
_CALLS_ONE_BY_ONE = 2000
"""Calls for 1,000 recipients with one write and one message each: the plain way."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs all benchmarks; returns the exit status."""
    arguments = _arguments(argv)
    screen = Screen()
    # The phone network in this process keeps every request. Collecting garbage among them would pause it.
    gc.set_threshold(50_000, 10, 100_000)
    with stop_on_signals():
        kept = [_commands(screen), _planning(screen), _sending(screen, arguments.recipients)]
    return 0 if all(kept) else 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.bench", description="Measure cost and speed.")
    parser.add_argument(
        "--recipients", type=int, default=20_000, help="recipients of the campaign (default: %(default)s)"
    )
    return parser.parse_args(argv)


def _commands(screen: Screen) -> bool:
    screen.heading(
        "Calls to AWS for one text",
        "The deployed system, from the text until it is idle. The plain way reads each shift, writes it and replies.",
    )
    with screen.waiting("texting"), LabSystem(on_progress=screen.note) as system, system.cached_permissions():
        figures = calls_per_command(system)
    table = Table("text", "calls", "plain way", "ratio")
    for one in figures:
        plain = "" if one.plain is None else str(one.plain)
        table.add_row(
            one.name, str(one.calls), plain, "" if one.plain is None else f"{one.calls / one.plain:.2f}"
        )
    screen.print(table)
    bookings = figures[:2]
    return all(one.calls <= _MOST_CALLS_OF_A_BOOKING for one in bookings) and all(
        one.calls <= _MOST_CALLS for one in figures
    )


def _planning(screen: Screen) -> bool:
    screen.heading(
        "Planning for a million", "The real planner, on clients that only count calls. No network."
    )
    runs = [plan(size) for size in _SIZES]
    table = Table("recipients", "pages", "calls per 1,000", "one by one", "ratio", "µs each", "peak MB")
    for run in runs:
        table.add_row(
            f"{run.recipients:,}",
            f"{run.pages:,}",
            f"{run.calls_per_thousand:.1f}",
            f"{_CALLS_ONE_BY_ONE}",
            f"{run.calls_per_thousand / _CALLS_ONE_BY_ONE:.3f}",
            f"{run.seconds / run.recipients * 1e6:.0f}",
            f"{run.peak_memory / _MEGABYTE:.1f}",
        )
    screen.print(table)
    screen.note(f"a work item of {RECIPIENTS_PER_ITEM} recipients has {bytes_per_work_item():,} bytes")
    return _flat(screen, runs)


def _flat(screen: Screen, runs: Sequence[PlanningFigures]) -> bool:
    small, large = runs[-2], runs[-1]
    memory = large.peak_memory / small.peak_memory
    work = large.calls_per_thousand / small.calls_per_thousand
    screen.note(
        f"from {small.recipients:,} to {large.recipients:,} recipients: memory × {memory:.2f},"
        f" calls for each recipient × {work:.2f}"
    )
    return memory < 1 + _WITHIN and abs(work - 1) < _WITHIN


def _sending(screen: Screen, recipients: int) -> bool:
    rate = MESSAGES_PER_SECOND * _SHARE
    screen.heading(
        f"Texting {recipients:,} employees, of whom {ANSWERS} reply",
        f"The deployed system at {MESSAGES_PER_SECOND} messages a second, {rate:.0f} of them for campaigns:"
        f" {recipients / rate:.0f} s.",
    )
    with (
        screen.waiting("sending the campaign"),
        LabSystem(on_progress=screen.note) as system,
        system.cached_permissions(),
    ):
        figures = send(system, recipients, rate)
    table = Table("figure", "measured", "target", "ratio")
    for name, measured, target in (
        ("texts a second, first to last", figures.campaign_rate, rate),
        ("texts a second, usual second", figures.median_rate, rate),
        (
            f"most texts in any {WINDOW_SECONDS:.0f} s",
            figures.busiest_window,
            MESSAGES_PER_SECOND * WINDOW_SECONDS,
        ),
        (
            f"most of the campaign in any {WINDOW_SECONDS:.0f} s",
            figures.busiest_campaign_window,
            rate * WINDOW_SECONDS,
        ),
        ("recipients delivered", figures.ledger["delivered"], recipients),
        ("replies", figures.replies, ANSWERS),
    ):
        table.add_row(name, f"{measured:,.1f}", f"{target:,.1f}", f"{measured / target:.3f}")
    table.add_row("texted twice", str(figures.texted_twice), "0", "")
    table.add_row("throttled and sent later", str(figures.throttled), "", "")
    screen.print(table)
    return (
        abs(figures.campaign_rate - rate) <= _WITHIN * rate
        and figures.busiest_window <= MESSAGES_PER_SECOND * WINDOW_SECONDS
        and figures.ledger == {"delivered": recipients}
        and figures.item["targeted"] == recipients
        and (figures.texted_twice, figures.replies) == (0, ANSWERS)
    )


if __name__ == "__main__":
    sys.exit(main())
