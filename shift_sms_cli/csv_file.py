"""Spreadsheets come as CSV with all the accidents that happen to CSV; each is told with its line and its cure."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

Row = TypeVar("Row")


class UnusableFile(Exception):
    """Nothing of the file can be loaded; the message says why and what would be right."""


class BadValue(ValueError):
    """One value of a row is wrong; the message says what is wrong and what would be right."""


@dataclass(frozen=True)
class Columns:
    """The columns a file may have, in the order to show them."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ",".join((*self.required, *self.optional))

    def check(self, header: Sequence[str]) -> None:
        """Raises UnusableFile unless the header has each required column, and no unknown one and none twice."""
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            raise UnusableFile(f"the columns are not separated by commas; the first line must be like {self}")
        missing = [name for name in self.required if name not in header]
        if missing:
            raise UnusableFile(
                f"there is no column {' and no column '.join(missing)}; the first line must be like {self},"
                f" but it is {','.join(header)}"
            )
        unknown = [
            name or "(without a name)" for name in header if name not in (*self.required, *self.optional)
        ]
        if unknown:
            are = "columns {} are" if len(unknown) > 1 else "column {} is"
            raise UnusableFile(f"the {are.format(', '.join(unknown))} unknown; known are {self}")
        if len(set(header)) < len(header):
            raise UnusableFile(f"a column is there twice: {','.join(header)}")


@dataclass(frozen=True)
class Problem:
    """A row that was not loaded."""

    line: int
    message: str


@dataclass
class Rows(Generic[Row]):
    """What a file holds: the rows that can be loaded, and what is wrong with the others."""

    good: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """Where in the file each of the good ones is."""
    problems: list[Problem] = field(default_factory=list)


def read_rows(
    path: Path,
    columns: Columns,
    parse: Callable[[dict[str, str]], Row],
    key: Callable[[Row], str],
    *,
    normalized: Callable[[str], str] = str,
) -> Rows[Row]:
    """Reads a whole file before anybody writes any of it.

    `parse` gets a row's values by column, stripped, empty where left out, and raises BadValue; `key` tells what
    may be in a file only once, and so may no two keys that are the same when `normalized`. Raises UnusableFile.
    """
    rows: Rows[Row] = Rows()
    first_of: dict[str, tuple[int, str]] = {}
    for line, values, header in _records(path, columns):
        try:
            row = parse(_by_column(values, header))
        except BadValue as error:
            rows.problems.append(Problem(line, str(error)))
            continue
        first, other = first_of.setdefault(normalized(key(row)), (line, key(row)))
        if first == line:
            rows.good.append(row)
            rows.lines.append(line)
        elif other == key(row):
            told = f"{other} is on line {first} already, which is loaded; remove one of the two"
            rows.problems.append(Problem(line, told))
        else:
            told = f"nobody could tell {key(row)} from {other} on line {first}, which is loaded; give it another code"
            rows.problems.append(Problem(line, told))
    return rows


def unreadable(path: Path, error: OSError) -> UnusableFile:
    """Returns what to tell an operator whose file cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return UnusableFile(f"there is no such file; looked for {path.absolute()}")
    return UnusableFile(f"it cannot be read: {error.strerror}")


def too_many_values(values: int, columns: int) -> BadValue:
    """Returns what to tell of a row that is longer than the header."""
    return BadValue(f"{values} values for {columns} columns; put a value that has a comma into double quotes")


def _records(path: Path, columns: Columns) -> Iterator[tuple[int, list[str], list[str]]]:
    # Lines end as CSV has it; what else str.splitlines ends a line at may be in a name.
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if not any(header):
            raise UnusableFile(f"the first line is empty; it must be like {columns}")
        columns.check(header)
        for values in reader:
            if any(value.strip() for value in values):
                yield reader.line_num, [value.strip() for value in values], header
    except csv.Error as error:
        raise UnusableFile(f"line {reader.line_num} is no CSV: {error}; is a quote left open?") from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnusableFile(
            f"line {line} is not in UTF-8; save the file again, in a spreadsheet as 'CSV UTF-8 (comma separated)'"
        ) from None


def _by_column(values: list[str], header: list[str]) -> dict[str, str]:
    if len(values) > len(header):
        raise too_many_values(len(values), len(header))
    return dict.fromkeys(header, "") | dict(zip(header, values, strict=False))
