"""The commands of the command line, as the Typer app has them."""

from collections.abc import Iterator
from typing import Any

import typer

from shift_sms_cli.app import app


def command_names() -> list[str]:
    """Returns all commands with their groups, such as `shifts list`."""
    return sorted(_names(typer.main.get_command(app)))


def _names(group: Any, *path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _names(command, *path, name)
        else:
            yield " ".join((*path, name))
