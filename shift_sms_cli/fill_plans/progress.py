"""Prints how far a fill plan is, and follows it to its end."""

import time
from collections.abc import Callable

from shift_sms_cli.fill_plans.words import clock, command
from shift_sms_cli.output import print_line
from shift_sms_operator.fill_plans.views import FillProgress
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus

_SECONDS_BETWEEN_LOOKS = 2.0


def summary(progress: FillProgress) -> str:
    """Returns one line about a plan: its status, waves, contacts, claims and the next wave."""
    shift = progress.shift
    parts = [
        f"{progress.state}: wave {progress.waves}" if not progress.does_not_run else progress.state,
        f"{progress.contacted} contacted",
        f"{progress.claimed} claimed",
        f"{shift.free_seats} of {shift.seats} seats free",
    ]
    parts += [f"next wave at {clock(progress.next_wave_at, shift.zone)}"] if progress.next_wave_at else []
    return ", ".join(parts)


def follow(look: Callable[[], FillProgress], sleep: Callable[[float], None] = time.sleep) -> FillProgress:
    """Prints each change of a plan until no one else is texted; returns the last progress."""
    progress = look()
    print_line(summary(progress))
    while not progress.ended:
        sleep(_SECONDS_BETWEEN_LOOKS)
        seen = look()
        if summary(seen) != summary(progress):
            print_line(summary(seen))
        progress = seen
    return progress


def advice(progress: FillProgress, env: str) -> str:
    """Returns what an operator can do about a plan that has ended. `env` is the environment of the commands."""
    code = progress.shift.shift_id
    if progress.does_not_run:
        return f"See the shift: {command('show', code, env)}"
    match progress.status:
        case FillStatus.STOPPED:
            return f"Resume it: {command('fill', code, env)}"
        case FillStatus.EXHAUSTED:
            return (
                "A seat is free, but no one is left to text, or fill_by has passed."
                f" See why: {command('why', code, env)}"
            )
        case _:
            return ""
