"""Prints results: tables, JSON and errors. Stored texts appear as text: they control no terminal."""

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from shift_sms_operator.csv_cells import write_csv
from shift_sms_operator.pages import MAX_LIMIT
from shift_sms_operator.refusals import Refused

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="Most items of a page.")]
AfterOption = Annotated[
    str | None, typer.Option("--after", metavar="CURSOR", help="What the page before has printed as its end.")
]

_WIDE = 100_000
"""Columns of an output that is no terminal: programs read one row per line."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
"""Part of words in Persian and of emoji. They move no other character."""


def visible(text: object) -> str:
    r"""Returns a text on one line, in which control characters and direction marks are escaped, such as `\u202e`."""
    return "".join(_escaped(one) if _is_invisible(one) else one for one in str(text))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE and character not in _JOINERS


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


@dataclass(frozen=True)
class Column:
    """A column of a table. `style` colors it on a terminal, such as `bold` or `dim`."""

    title: str
    style: str = ""
    right: bool = False
    no_wrap: bool = False


def print_table(
    columns: Sequence[Column | str], rows: Iterable[Sequence[object]], *, title: str = ""
) -> None:
    """Prints a table. None prints an empty cell."""
    output = console()
    box = SIMPLE_HEAD if output.is_terminal else None
    table = Table(box=box, title=visible(title) or None, title_justify="left", pad_edge=False)
    for column in (Column(one) if isinstance(one, str) else one for one in columns):
        table.add_column(
            column.title,
            style=column.style,
            justify="right" if column.right else "left",
            no_wrap=column.no_wrap,
            overflow="fold",
        )
    for row in rows:
        # A Text is no markup, so that brackets in stored texts are printed.
        table.add_row(*(Text("" if cell is None else visible(cell)) for cell in row))
    output.print(table)


def print_line(text: str = "", *, style: str = "") -> None:
    """Prints one line of a result, in a color on a terminal."""
    console().print(Text(visible(text), style=style), soft_wrap=True)


def print_more(cursor: str | None) -> None:
    """Prints how to read the next page, if there is one."""
    if cursor:
        print_line(f"more: --after {cursor}", style="dim")


def print_json(value: object) -> None:
    """Prints JSON. Numbers of DynamoDB become numbers, times ISO 8601."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=_plain)
    # The line breaks of the indentation stay; inside strings, JSON has escaped those already.
    safe = "".join(json.dumps(one)[1:-1] if one != "\n" and _is_invisible(one) else one for one in text)
    sys.stdout.write(safe + "\n")


def print_json_page(items: object, cursor: str | None) -> None:
    """Prints a page as JSON. How to read the next one is on the standard error."""
    print_json(items)
    if cursor:
        note(f"more: --after {cursor}")


def save_csv(
    file: Path | None,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    encoding: str = "utf-8",
) -> int | None:
    """Writes a CSV file and returns its number of rows. Without a file, prints it and returns None.

    Raises:
        Refused: the file cannot be written.
    """
    if file is None:
        write_csv(sys.stdout, header, rows)
        return None
    with replacing(file, encoding=encoding) as opened:
        return write_csv(opened, header, rows)


@contextmanager
def replacing(file: Path, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Opens a file beside another one, which it replaces when all is written. After an error the other one stays.

    Raises:
        Refused: the file cannot be written.
    """
    # A link stays a link. What is no file, such as /dev/stderr, cannot be replaced.
    target = file.resolve()
    is_file = target.is_file()
    part = target.with_name(f"{target.name}.{os.getpid()}.part") if is_file or not target.exists() else target
    try:
        with part.open("w", encoding=encoding, newline="") as opened:
            if is_file:
                shutil.copymode(target, part)
            yield opened
        if part != target:
            part.replace(target)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}") from None
    finally:
        if part != target:
            part.unlink(missing_ok=True)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def error(message: str) -> None:
    """Prints an error on one line of the standard error."""
    text = Text.assemble(("shift-sms: ", "red"), visible(message))
    _console(sys.stderr).print(text, soft_wrap=True)


def note(message: str) -> None:
    """Prints what is no result, such as progress, to the standard error."""
    _console(sys.stderr).print(Text(visible(message), style="dim"), soft_wrap=True)


@contextmanager
def counting(things: str) -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how many things were counted so far."""
    with Progress(
        SpinnerColumn(),
        TextColumn(f"counting {things}"),
        MofNCompleteColumn(),
        console=_console(sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task(things, total=None)
        yield lambda count: progress.update(task, completed=count)


def console() -> Console:
    """Returns the standard output. It has colors on a terminal only."""
    return _console(sys.stdout)


def _console(file: TextIO) -> Console:
    options: dict[str, Any] = {"file": file, "highlight": False, "markup": False, "emoji": False}
    return Console(**options) if file.isatty() else Console(**options, width=_WIDE, color_system=None)
