"""`make demo`: the whole system on one machine, acting out the post. Exit status 0 only if every check held."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from lab.cloud.embedded_cloud import CloudError
from lab.demo.campaign import run_campaign
from lab.demo.checks import Checks
from lab.demo.conversations import book_shifts, drop_and_offer, request_agent, request_agent_without_connect
from lab.demo.edge_cases import book_at_once, deliver_text_twice, text_from_stranger
from lab.demo.final_checks import check_final_state
from lab.demo.picture import picture
from lab.demo.stage import Stage
from lab.deployment import DeploymentError
from lab.lab_system import LabSystem
from lab.operator_setup import EMPLOYEES_FILE, SHIFT_DEFAULTS, SHIFTS_FILE, OperatorCommandFailed, load_files
from lab.screen import Screen
from lab.stop_signals import stop_on_signals
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

PASSED, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the demo; returns the exit status."""
    arguments = _arguments(argv)
    connect = arguments.connect == "on"
    screen = Screen()
    checks = Checks(screen)
    system = LabSystem(connect=connect, say=screen.note)
    try:
        with stop_on_signals():
            _run(system, screen, checks, connect=connect)
    except KeyboardInterrupt:
        screen.failure("Interrupted. Everything the demo started is stopped.", ())
        return INTERRUPTED
    except (BotoCoreError, ClientError, CloudError, DeploymentError, OperatorCommandFailed, OSError) as error:
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
    return PASSED if checks.all_held else FAILED


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.demo", description="Act out a shift campaign, and check it.")
    parser.add_argument("--connect", choices=("on", "off"), default="on", help="whether AGENT is offered")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="where to draw a part of it")
    return parser.parse_args(argv)


def _run(system: LabSystem, screen: Screen, checks: Checks, *, connect: bool) -> None:
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
            employees=read_employees(EMPLOYEES_FILE).good,
            shifts=read_shifts(SHIFTS_FILE, SHIFT_DEFAULTS).good,
        )
        with system.lasting_permissions():
            for scene in scenes(connect=connect):
                scene(stage)


def scenes(*, connect: bool) -> Sequence[Callable[[Stage], None]]:
    """Returns the script, in its order."""
    return (
        run_campaign,
        book_shifts,
        drop_and_offer,
        request_agent if connect else request_agent_without_connect,
        text_from_stranger,
        book_at_once,
        deliver_text_twice,
        check_final_state,
    )


if __name__ == "__main__":
    sys.exit(main())
