"""Asks before a change. A program that runs the command line confirms with `--yes`."""

import sys
from typing import Annotated

import typer

from shift_sms_operator.refusals import Refused

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

NO_TERMINAL = "nothing was changed: there is no terminal to ask on; confirm with --yes"


def confirm(question: str, *, yes: bool) -> None:
    """Returns if the operator agrees to a change.

    Args:
        question: What is asked, such as `Cancel 2 shifts?`.
        yes: Whether the operator has given `--yes`.

    Raises:
        Refused: the operator disagrees, or there is no terminal to ask on.
    """
    if yes:
        return
    if not is_interactive():
        raise Refused(NO_TERMINAL)
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise Refused("nothing was changed")


def is_interactive() -> bool:
    """Returns whether a person reads the questions and types the answers."""
    return sys.stdin.isatty() and sys.stderr.isatty()
