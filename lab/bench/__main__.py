"""Runs the benchmarks and prints their figures; exits with 1 if a benchmark misses its target."""

import argparse
import gc
import sys
from collections.abc import Sequence

from rich.table import Table

from lab.bench.calls import calls_per_command
from lab.bench.crowd import WINDOW_SECONDS
from lab.bench.planning import RECIPIENTS_PER_ITEM, PlanningFigures, bytes_per_work_item, plan
from lab.bench.sending import REPLIES, send
from lab.lab_system import MESSAGES_PER_SECOND, LabSystem
from lab.screen import Screen
from lab.stop_signals import stop_on_signals

_SIZES = (10_000, 100_000, 1_000_000)
_TOLERANCE = 0.05
_MEGABYTE = 1e6
_MAX_CALLS_PER_BOOKING = 5
_MAX_CALLS = 10
"""For any other text, including the calls that reconcile its shift."""
_BASELINE_CALLS = 2000
"""Calls for 1,000 recipients in the baseline: one write and one message per recipient."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs all benchmarks; returns the exit status."""
    arguments = _arguments(argv)
    screen = Screen()
    # The phone network in this process keeps every request. Garbage collection over all of them would pause it.
    gc.set_threshold(50_000, 10, 100_000)
    with stop_on_signals():
        targets_met = [_commands(screen), _planning(screen), _sending(screen, arguments.recipients)]
    return 0 if all(targets_met) else 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.bench", description="Measure cost and speed.")
    parser.add_argument(
        "--recipients", type=int, default=20_000, help="recipients of the campaign (default: %(default)s)"
    )
    return parser.parse_args(argv)


def _commands(screen: Screen) -> bool:
    screen.heading(
        "Calls to AWS per text",
        "The deployed system, from the text until it is idle. The baseline reads each shift, writes it and replies.",
    )
    with screen.waiting("texting"), LabSystem(on_progress=screen.note) as system, system.cached_permissions():
        figures = calls_per_command(system)
    table = Table("text", "calls", "baseline", "ratio")
    for command in figures:
        baseline = "" if command.baseline is None else str(command.baseline)
        ratio = "" if command.baseline is None else f"{command.calls / command.baseline:.2f}"
        table.add_row(command.name, str(command.calls), baseline, ratio)
    screen.print(table)
    bookings = figures[:2]
    return all(command.calls <= _MAX_CALLS_PER_BOOKING for command in bookings) and all(
        command.calls <= _MAX_CALLS for command in figures
    )


def _planning(screen: Screen) -> bool:
    screen.heading(
        "Planning for up to a million recipients",
        "The product's planner with clients that only count calls, without a network.",
    )
    runs = [plan(size) for size in _SIZES]
    table = Table("recipients", "pages", "calls per 1,000", "baseline", "ratio", "µs each", "peak MB")
    for run in runs:
        table.add_row(
            f"{run.recipients:,}",
            f"{run.pages:,}",
            f"{run.calls_per_thousand:.1f}",
            f"{_BASELINE_CALLS}",
            f"{run.calls_per_thousand / _BASELINE_CALLS:.3f}",
            f"{run.seconds / run.recipients * 1e6:.0f}",
            f"{run.peak_memory / _MEGABYTE:.1f}",
        )
    screen.print(table)
    screen.note(f"a work item of {RECIPIENTS_PER_ITEM} recipients has {bytes_per_work_item():,} bytes")
    return _scales_linearly(screen, runs)


def _scales_linearly(screen: Screen, runs: Sequence[PlanningFigures]) -> bool:
    small, large = runs[-2], runs[-1]
    memory_growth = large.peak_memory / small.peak_memory
    calls_growth = large.calls_per_thousand / small.calls_per_thousand
    screen.note(
        f"from {small.recipients:,} to {large.recipients:,} recipients: memory × {memory_growth:.2f},"
        f" calls per recipient × {calls_growth:.2f}"
    )
    return memory_growth < 1 + _TOLERANCE and abs(calls_growth - 1) < _TOLERANCE


def _sending(screen: Screen, recipients: int) -> bool:
    # Replies come first, so the campaign has the rest of the rate.
    rate = MESSAGES_PER_SECOND * recipients / (recipients + REPLIES)
    # The network accepts texts up to one second ahead of the rate.
    most_in_window = MESSAGES_PER_SECOND * (WINDOW_SECONDS + 1) + 1
    screen.heading(
        f"Texting {recipients:,} employees, of whom {REPLIES} reply",
        f"The deployed system at {MESSAGES_PER_SECOND} messages per second, {rate:.0f} of them for campaigns:"
        f" takes {recipients / rate:.0f} s.",
    )
    with (
        screen.waiting("sending the campaign"),
        LabSystem(on_progress=screen.note) as system,
        system.cached_permissions(),
    ):
        figures = send(system, recipients, rate)
    table = Table("figure", "measured", "target", "ratio")
    for name, measured, target in (
        ("texts per second, first to last", figures.campaign_rate, rate),
        ("texts per second, median second", figures.median_rate, rate),
        (
            f"maximum texts in any {WINDOW_SECONDS:.0f} s",
            figures.busiest_window,
            most_in_window,
        ),
        (
            f"maximum campaign texts in any {WINDOW_SECONDS:.0f} s",
            figures.busiest_campaign_window,
            MESSAGES_PER_SECOND * WINDOW_SECONDS,
        ),
        ("recipients delivered", figures.ledger["delivered"], recipients),
        ("replies", figures.replies, REPLIES),
    ):
        table.add_row(name, f"{measured:,.1f}", f"{target:,.1f}", f"{measured / target:.3f}")
    table.add_row("texted twice", str(figures.texted_twice), "0", "")
    table.add_row("throttled, then sent", str(figures.throttled), "", "")
    screen.print(table)
    return (
        abs(figures.campaign_rate - rate) <= _TOLERANCE * rate
        and figures.busiest_window <= most_in_window
        and figures.ledger == {"delivered": recipients}
        and figures.item["targeted"] == recipients
        and (figures.texted_twice, figures.replies) == (0, REPLIES)
    )


if __name__ == "__main__":
    sys.exit(main())
