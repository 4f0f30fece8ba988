"""`make demo`: the whole system on one machine, acting out the post. Exit status 0 only if every check held."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from lab.cloud import CloudError
from lab.demo.campaign import the_campaign
from lab.demo.checks import Checks
from lab.demo.conversations import agent, bookings, change_of_mind, no_agent
from lab.demo.picture import picture
from lab.demo.reckoning import reckoning
from lab.demo.stage import Stage
from lab.demo.trouble import a_stranger, everybody_at_once, the_same_text_twice
from lab.deployment import DeploymentError
from lab.interruption import stopping_on_signals
from lab.opening import EMPLOYEES, HOUSE, SHIFTS, LoadingError, load_files
from lab.show import Screen
from lab.system import System
from shift_sms_cli.employees import read_employees
from shift_sms_cli.shifts import read_shifts

_WHAT_TO_DO = (
    "Everything the demo started is stopped. Try make demo again while the machine is idle; if it fails the same way,"
    " make clean first, or look around in a running system: make lab"
)

_NEXT = (
    "Next: keep the system running with make lab, and text it from a second terminal:"
    "\n    make text FROM=+14255550101 BODY=XYZ123"
    "\ndocs/tutorial.md goes on from there; docs/deploying.md takes it to AWS."
)

_LOG_LINES = 12

HELD, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the demo; returns the exit status."""
    arguments = _arguments(argv)
    connect = arguments.connect == "on"
    screen = Screen()
    checks = Checks(screen)
    system = System(connect=connect, say=screen.note)
    try:
        with stopping_on_signals():
            _run(system, screen, checks, connect=connect)
    except KeyboardInterrupt:
        screen.failure("Interrupted. Everything the demo started is stopped.", ())
        return INTERRUPTED
    except (BotoCoreError, ClientError, CloudError, DeploymentError, LoadingError, OSError) as error:
        screen.heading("What the embedded cloud said last")
        screen.note(system.cloud.log_tail(_LOG_LINES) or "nothing")
        checks.summarise(complete=False)
        screen.failure("The demo did not get to its end.", (str(error), "", _WHAT_TO_DO))
        return FAILED
    checks.summarise()
    if checks.all_held:
        screen.note(f"\n{_NEXT}")
        if arguments.picture:
            arguments.picture.write_text(picture(screen.shown()), encoding="utf-8")
    return HELD if checks.all_held else FAILED


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.demo", description="Act out a shift campaign, and check it.")
    parser.add_argument("--connect", choices=("on", "off"), default="on", help="whether AGENT is offered")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="where to draw a part of it")
    return parser.parse_args(argv)


def _run(system: System, screen: Screen, checks: Checks, *, connect: bool) -> None:
    with ExitStack() as stack:
        screen.heading("The system", "All of it on this machine; nothing leaves it.")
        with screen.waiting("this takes half a minute"):
            stack.enter_context(system)
        screen.heading("The operator prepares")
        load_files(system, screen.command)
        stage = Stage(
            system,
            screen,
            checks,
            connect=connect,
            employees=read_employees(EMPLOYEES).good,
            shifts=read_shifts(SHIFTS, HOUSE).good,
        )
        with system.lasting_permissions():
            for scene in scenes(connect=connect):
                scene(stage)


def scenes(*, connect: bool) -> Sequence[Callable[[Stage], None]]:
    """Returns the script, in its order."""
    return (
        the_campaign,
        bookings,
        change_of_mind,
        agent if connect else no_agent,
        a_stranger,
        everybody_at_once,
        the_same_text_twice,
        reckoning,
    )


if __name__ == "__main__":
    sys.exit(main())
