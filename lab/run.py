"""Keeps the system running for texts from a second terminal: `make lab`."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from botocore.exceptions import BotoCoreError, ClientError
from rich.text import Text

from lab.cloud.embedded_cloud import CloudError
from lab.deployment import DeploymentError
from lab.discovery import LabAlreadyRunning, RunningLab, lock_lab_folder, publish_addresses
from lab.lab_system import LabSystem
from lab.operator_setup import (
    ConsoleManager,
    OperatorCommandFailed,
    add_manager,
    aws_variables,
    load_files,
    put_campaign,
    read_employees,
)
from lab.phone_page.composition import phone_page
from lab.screen import Screen, format_segments
from lab.settings import ENVIRONMENT
from lab.stop_signals import stop_on_signals

_CAMPAIGN_SECONDS = 240
_POLL_SECONDS = 1.0


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the lab until a stop signal; returns the exit status."""
    connect = _arguments(argv).connect == "on"
    screen = Screen()
    try:
        with stop_on_signals(), lock_lab_folder():
            overrides = {"console_enabled": "true"}
            system = LabSystem(connect=connect, overrides=overrides, on_progress=screen.note)
            _run(system, screen, connect=connect)
    except KeyboardInterrupt:
        screen.note("\nThe lab has ended and its data is removed.")
        return 0
    except LabAlreadyRunning as error:
        screen.show_failure(str(error))
    except (BotoCoreError, ClientError, CloudError, DeploymentError, OperatorCommandFailed, OSError) as error:
        details = (str(error), "All its processes are stopped. To start it again: make lab")
        screen.show_failure("The lab failed.", details)
    return 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.run", description="Keep the whole system running.")
    parser.add_argument("--connect", choices=("on", "off"), default="on", help="turn AGENT on or off")
    return parser.parse_args(argv)


def _run(system: LabSystem, screen: Screen, *, connect: bool) -> None:
    with ExitStack() as stack:
        with screen.waiting("this takes about half a minute"):
            stack.enter_context(system)
        load_files(system, screen.show_command)
        employees = len(read_employees())
        put_campaign(system)
        with screen.waiting(f"texting the campaign to {employees} employees"):
            if not system.network.wait_until(
                lambda: len(system.network.texts) >= employees, _CAMPAIGN_SECONDS
            ):
                raise TimeoutError(f"not all {employees} employees were texted within {_CAMPAIGN_SECONDS} s")
        publish_addresses(RunningLab(phone_network_url=system.network.url, cloud_url=system.cloud.url))
        page = stack.enter_context(phone_page(system))
        manager = add_manager(system)
        screen.heading(
            "The lab is running", f"{employees} employees received the campaign; all shifts are available."
        )
        _print_addresses(system, screen, manager, page.url)
        _print_instructions(system, screen, connect=connect)
        _print_traffic(system, screen)


def _print_addresses(system: LabSystem, screen: Screen, manager: ConsoleManager, phone_page_url: str) -> None:
    screen.line(
        Text(
            f"\nOpen the console in a browser, and sign in as {manager.email}:\n"
            f"    {system.outputs.console_url}\n"
            f"    one-time password {manager.one_time_password}; choose your own, of 12 characters or more\n"
            "Open the phones of the employees:\n"
            f"    {phone_page_url}"
        )
    )


def _print_instructions(system: LabSystem, screen: Screen, *, connect: bool) -> None:
    variables = aws_variables(system.cloud.url, system.cloud.region, system.network.url)
    agent = "    make text FROM=+14255550103 BODY='AGENT I lost my badge'\n" if connect else ""
    screen.line(
        Text(
            "\nSend texts from a second terminal, in this folder:\n"
            "    make text FROM=+14255550101 BODY=XYZ123\n"
            "    make text FROM=+14255550102 BODY='XYZ123 and xyz124'\n"
            "    make text FROM=+14255550102 BODY=REQUEST\n"
            f"{agent}"
            "Show the tables:\n"
            "    make tables\n"
            "Use the command line of operators, in this folder:\n"
            f"    bin/shift-sms --help\n"
            f"    bin/shift-sms shifts list --env {ENVIRONMENT}\n"
            "Use any AWS tool, after the export:\n"
            f"    export {' '.join(f'{name}={value}' for name, value in variables.items())}\n"
            "\nCtrl-C stops the lab. Texts and calls to the phones:"
        )
    )


def _print_traffic(system: LabSystem, screen: Screen) -> None:
    """Prints the texts and calls that phones receive, until a stop signal."""
    network = system.network
    texts, calls = len(network.texts), len(network.calls)
    while True:
        network.wait_until(lambda: len(network.texts) + len(network.calls) > texts + calls, _POLL_SECONDS)  # noqa: B023 - called at once
        for text in network.texts[texts:]:
            texts += 1
            screen.line(Text(f"text to {text.destination}: {text.body!r} ({format_segments(text)})"))
        for call in network.calls[calls:]:
            calls += 1
            screen.line(Text(f"call to {call.destination}: attributes {dict(call.attributes)}"))


if __name__ == "__main__":
    sys.exit(main())
