"""Runs the demo (`make demo`). The exit status is 0 only if every check passed."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from lab.browser.window import open_window
from lab.cloud.embedded_cloud import CloudError
from lab.demo.campaign import run_campaign
from lab.demo.checks import Checks
from lab.demo.conversations import book_shifts, drop_and_offer, request_agent, request_agent_without_connect
from lab.demo.edge_cases import book_at_once, deliver_text_twice, text_from_stranger
from lab.demo.final_checks import check_final_state
from lab.demo.picture import picture
from lab.demo.sick_call import call_in_sick
from lab.demo.stage import Stage
from lab.deployment import DeploymentError
from lab.lab_system import LabSystem
from lab.operator_setup import OperatorCommandFailed, load_files, read_employees, read_shifts
from lab.phone_page.composition import phone_page
from lab.screen import Screen
from lab.stop_signals import stop_on_signals
from shift_sms_operator.campaigns.prices import Price, read_prices
from shift_sms_operator.refusals import Refused

_ADVICE = (
    "All processes of the demo are stopped. Run make demo again while the machine is idle. If it fails again, run"
    " make clean first, or examine a running system with make lab."
)
_NEXT_STEP = "Next: run make lab and text the system yourself, see docs/tutorial.md."

_LOG_LINES = 12
_SECONDS_PER_STEP = 1.5
_LAST_LOOK = 5
"""How many steps the final state stays in the browser."""

PASSED, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the demo; returns the exit status."""
    arguments = _arguments(argv)
    connect = arguments.connect == "on"
    screen = Screen()
    try:
        prices = read_prices(arguments.prices)
    except Refused as refused:
        screen.show_failure(str(refused))
        return FAILED
    checks = Checks(screen)
    system = LabSystem(connect=connect, on_progress=screen.note)
    try:
        with stop_on_signals():
            _run(system, screen, checks, prices, connect=connect, in_browser=arguments.show == "browser")
    except KeyboardInterrupt:
        screen.show_failure("Interrupted. All processes of the demo are stopped.")
        return INTERRUPTED
    except (BotoCoreError, ClientError, CloudError, DeploymentError, OperatorCommandFailed, OSError) as error:
        screen.heading("The last lines of the embedded cloud's log")
        screen.note(system.cloud.log_tail(_LOG_LINES) or "(empty)")
        checks.summarize(complete=False)
        screen.show_failure("The demo did not finish.", (str(error), "", _ADVICE))
        return FAILED
    checks.summarize()
    if not checks.all_passed:
        return FAILED
    screen.note(f"\n{_NEXT_STEP}")
    if arguments.picture:
        arguments.picture.write_text(picture(screen.recorded()), encoding="utf-8")
    return PASSED


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.demo", description="Run a shift campaign and check it.")
    parser.add_argument("--connect", choices=("on", "off"), default="on", help="turn AGENT on or off")
    parser.add_argument(
        "--show", choices=("terminal", "browser"), default="terminal", help="show the phones in a browser too"
    )
    parser.add_argument(
        "--prices", type=Path, metavar="FILE", help="a price file, to show what texts cost: see docs/costs.md"
    )
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="draw a part of the output")
    return parser.parse_args(argv)


def _run(
    system: LabSystem,
    screen: Screen,
    checks: Checks,
    prices: Mapping[str, Price],
    *,
    connect: bool,
    in_browser: bool,
) -> None:
    with ExitStack() as stack:
        screen.heading("The system", "Everything runs on this machine, without network access.")
        with screen.waiting("this takes about half a minute"):
            stack.enter_context(system)
        screen.heading("The operator loads employees and shifts")
        load_files(system, screen.show_command)
        stage = Stage(
            system,
            screen,
            checks,
            connect=connect,
            employees=read_employees(),
            shifts=read_shifts(),
        )
        stage.prices = prices
        if in_browser:
            show_in_browser(stage, stack.enter_context(phone_page(system)).url)
        with system.cached_permissions():
            for scene in scenes(connect=connect):
                scene(stage)
        stage.pause(_LAST_LOOK)


def show_in_browser(stage: Stage, url: str) -> None:
    """Opens the phone page in a window, or prints its address, and slows the demo down for viewers."""
    stage.screen.heading("The phones")
    if open_window(url):
        stage.screen.note(f"The phones are shown in a browser window: {url}")
    else:
        stage.screen.note(f"Open this address in a browser to watch the phones: {url}")
    stage.seconds_per_step = _SECONDS_PER_STEP
    stage.pause()


def scenes(*, connect: bool) -> Sequence[Callable[[Stage], None]]:
    """Returns the scenes of the demo in order."""
    return (
        run_campaign,
        book_shifts,
        drop_and_offer,
        request_agent if connect else request_agent_without_connect,
        text_from_stranger,
        book_at_once,
        deliver_text_twice,
        call_in_sick,
        check_final_state,
    )


if __name__ == "__main__":
    sys.exit(main())
