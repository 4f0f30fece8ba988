"""The help of the command line: what Typer prints of arguments, options and wrong input."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.exceptions import TyperException

_AFTER_THE_COMMAND = ("--env", "--profile", "--region", "--json")
_PYDANTIC_PREFIX = "Value error, "


class PlainArgument(TyperArgument):
    """An argument whose help shows its name alone, without the Python type and without braces."""

    def display_type_rich(self, ctx: Any) -> str | None:  # noqa: ARG002 - as of Typer
        """Returns no type."""
        return None

    def _usage_display_name(self) -> str:
        return self.display_name_raw if self.required else f"[{self.display_name_raw}]"


def commands_of(group: TyperGroup) -> Iterator[Any]:
    """Yields the commands of a group, and those of the groups in it."""
    for command in group.commands.values():
        yield command
        if isinstance(command, TyperGroup):
            yield from commands_of(command)


def make_plain(command: Any, context_settings: Mapping[str, Any]) -> None:
    """Removes from the help of a command what only Python programmers know."""
    command.help = _unwrapped(command.help or "")
    # The parameters include --help, which Typer makes then.
    for parameter in command.get_params(typer.Context(command, **context_settings)):
        if isinstance(parameter, TyperArgument):
            # Typer makes the arguments and has no setting for what it prints of them.
            parameter.__class__ = PlainArgument
        elif isinstance(parameter, TyperOption) and parameter.metavar is None:
            parameter.metavar = _value_name(parameter)


def explain(failed: TyperException) -> None:
    """Completes the message of a wrong use of the program."""
    failed.message = failed.message.removeprefix(_PYDANTIC_PREFIX)
    option = getattr(failed, "option_name", None)
    context = getattr(failed, "ctx", None)
    if option in _AFTER_THE_COMMAND and context and isinstance(context.command, TyperGroup):
        failed.message = f"{option} follows the command, as in: shift-sms shifts list {option}"


def _unwrapped(text: str) -> str:
    """Returns a docstring with one line per paragraph. Indented paragraphs, such as a file, keep their lines."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(one if one.startswith(" ") else one.replace("\n", " ") for one in paragraphs)


def _value_name(option: TyperOption) -> str | None:
    """Returns what stands for the value of an option; None where Typer lists the choices."""
    if option.is_flag:
        return ""
    if option.type_descriptor.is_choice:
        return None
    if option.type_descriptor.is_ranged:
        return "NUMBER"
    return max(option.opts, key=len).removeprefix("--").upper()
