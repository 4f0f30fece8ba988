"""Generates a page for each group of commands from the Typer app."""

from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import typer

from scripts.reference import markdown
from shift_sms_cli.app import app

COMMON_OPTIONS = ("--env", "--profile", "--region", "--json", "--help")
"""The options of many commands, which `docs/command-line/index.md` explains once."""

FOLDER = "reference/command-line"


def pages() -> dict[str, str]:
    """Returns the pages by their paths."""
    return {f"{FOLDER}/{name}.md": _page(name, group) for name, group in groups().items()}


def groups() -> dict[str, Any]:
    """Returns the groups of commands by name."""
    program: Any = typer.main.get_command(app)
    return {name: program.commands[name] for name in sorted(program.commands)}


def options(command: Any) -> Iterator[Any]:
    """Yields the options of a command."""
    return (parameter for parameter in command.params if parameter.param_type_name == "option")


def _page(name: str, group: Any) -> str:
    commands = getattr(group, "commands", None)
    entries = {f"{name} {one}": command for one, command in commands.items()} if commands else {name: group}
    introduction = (
        f"Arguments and options of `shift-sms {name}`. [The command line](../../command-line/index.md) explains "
        f"{', '.join(f'`{one}`' for one in COMMON_OPTIONS[:-2])} and `--json`."
    )
    sections = [_section(title, command) for title, command in entries.items()]
    return markdown.page(f"shift-sms {name}", introduction, *sections)


def _section(title: str, command: Any) -> str:
    summary, _, rest = (command.help or "").strip().partition("\n")
    *explanations, example = [part for part in rest.strip().split("\n\n") if part]
    facts = [_argument(one) for one in command.params if one.param_type_name == "argument"]
    facts += [_option(one) for one in options(command) if not set(one.opts) & set(COMMON_OPTIONS)]
    return markdown.section(
        f"{title}",
        markdown.paragraph(summary),
        *map(_explanation, explanations),
        "```\n" + example.removeprefix("Example: ") + "\n```",
        markdown.items(map(markdown.item, facts)),
    )


def _explanation(part: str) -> str:
    """Returns a paragraph, or the lines of a file, which are indented."""
    return f"```\n{dedent(part)}\n```" if part.startswith(" ") else markdown.paragraph(part)


def _argument(argument: Any) -> str:
    name = (argument.metavar or argument.name).strip("{}[]")
    return f"`{name}`: {markdown.sentence(argument.help or '')}"


def _option(option: Any) -> str:
    names = ", ".join(f"`{one}`" for one in option.opts)
    value = "" if option.is_flag else f" `{option.metavar}`" if option.metavar else ""
    default = option.default if isinstance(option.default, str | int | float) else None
    shown = f" Default: `{default}`." if default not in (None, "", False) and not option.is_flag else ""
    return f"{names}{value}: {markdown.sentence(option.help or '')}{shown}"
