"""Reads a CSV file as a spreadsheet saves it, one row at a time. Each mistake is reported with its line and remedy.

Cells are separated by commas, semicolons or tabs. The encoding is UTF-8, or UTF-16 with a byte order mark.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shift_sms_operator.refusals import Refused

_SEPARATORS = ",;\t"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_UTF_8 = re.compile("[\udc80-\udcff]")
_ESCAPED = re.compile(r"'[=+\-@\t\r]")
"""How a cell begins that was exported so that no spreadsheet takes it for a formula."""

_LONGEST_LINE = 1_000_000
"""Characters. A longer line is no line of a spreadsheet, and could fill the memory."""


class UnusableFile(Refused):
    """Nothing of the file can be read. The message says why, and what would be right."""


class BadValue(ValueError):
    """A value is wrong. The message says what is wrong, and what would be right."""


@dataclass(frozen=True)
class Problem:
    """A row that is not loaded."""

    line: int
    """The line of the file on which the row begins. The header is line 1."""
    message: str


@dataclass(frozen=True)
class Columns:
    """The columns that a file may have, in the order to show them."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    other_names: Mapping[str, str] = field(default_factory=dict)
    """The columns by other names that people write for them."""

    def __str__(self) -> str:
        return f"{', '.join(self.required)} and any of {', '.join(self.optional)}"

    def named(self, header: Sequence[str]) -> list[str]:
        """Returns the header with the names of the columns. A column that is there by its own name keeps it."""
        return [
            name if self.other_names.get(name, name) in header else self.other_names.get(name, name)
            for name in header
        ]

    def check(self, header: Sequence[str]) -> None:
        """Raises UnusableFile unless the header has each required column, no unknown one and none twice."""
        missing = [name for name in self.required if name not in header]
        if missing:
            raise UnusableFile(
                f"there is no column {' and no column '.join(missing)}; the first line must name the columns "
                f"{self}, but it is {','.join(header)}"
            )
        known = (*self.required, *self.optional)
        unknown = [name or "(without a name)" for name in header if name not in known]
        if unknown:
            are = "columns {} are" if len(unknown) > 1 else "column {} is"
            raise UnusableFile(f"the {are.format(', '.join(unknown))} unknown; write {self}")
        if len(set(header)) < len(header):
            raise UnusableFile(f"a column is there twice: {','.join(header)}")


@dataclass(frozen=True)
class CsvRecord:
    """A row: its line, and its values by column, stripped. A cell that is missing is empty."""

    line: int
    values: Mapping[str, str]
    problem: str = ""
    """Why the values cannot be told apart; empty if they can."""


def read_records(path: Path, columns: Columns) -> Iterator[CsvRecord]:
    """Yields the rows of a file that are not blank. Holds one row in memory.

    Raises:
        UnusableFile: there is no such file, it is no CSV file, or its header is wrong.
    """
    with _open_text(path) as text:
        yield from _records(text, columns)


def open_file(path: Path) -> io.BufferedReader:
    """Opens a file. Raises UnusableFile if it cannot be opened."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise UnusableFile(f"there is no such file; looked for {path.absolute()}") from None
    except OSError as error:
        raise UnusableFile(f"it cannot be read: {error.strerror}") from None


def too_many_values(values: int, columns: int) -> str:
    """Returns what to report of a row that is longer than the header."""
    return f"{values} values for {columns} columns; put a value that has a separator into double quotes"


def _open_text(path: Path) -> io.TextIOWrapper:
    file = open_file(path)
    encoding = "utf-16" if file.peek(2)[:2] in _UTF_16 else "utf-8-sig"
    # With "surrogateescape", reading goes on to the line that is not in UTF-8.
    errors = "strict" if encoding == "utf-16" else "surrogateescape"
    return io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="")


def _records(text: io.TextIOWrapper, columns: Columns) -> Iterator[CsvRecord]:
    lines = _lines(text)
    first = next(lines, "")
    separator = max(_SEPARATORS, key=first.count)
    # Lines end as in CSV. A name may contain other characters at which str.splitlines ends a line.
    reader = csv.reader(_first_again(first, lines), delimiter=separator, strict=True)
    try:
        header = [_column_name(name) for name in next(reader, [])]
        while header and not header[-1]:
            header.pop()
        if not header:
            raise UnusableFile(f"the first line is empty; it must name the columns {columns}")
        header = columns.named(header)
        columns.check(header)
        while True:
            line = reader.line_num + 1
            values = next(reader, None)
            if values is None:
                return
            cells = [_value(one) for one in values]
            if any(cells):
                yield _record(line, cells, header)
    except csv.Error as error:
        raise UnusableFile(f"line {reader.line_num} is no CSV: {error}; is a quote left open?") from None


def _record(line: int, values: list[str], header: Sequence[str]) -> CsvRecord:
    if any(values[len(header) :]):
        return CsvRecord(line, {}, too_many_values(len(values), len(header)))
    return CsvRecord(line, dict.fromkeys(header, "") | dict(zip(header, values, strict=False)))


def _column_name(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def _value(cell: str) -> str:
    text = cell.lstrip()
    return (text[1:] if _ESCAPED.match(text) else text).strip()


def _first_again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yields the lines with their ends. Raises UnusableFile for the first one that is not text."""
    number = 0
    while True:
        try:
            line = text.readline(_LONGEST_LINE)
        except UnicodeError:
            raise UnusableFile(
                "it is not in UTF-16, as its first bytes say; save it again in UTF-8"
            ) from None
        if not line:
            return
        number += 1
        if len(line) == _LONGEST_LINE:
            raise UnusableFile(f"line {number} is longer than {_LONGEST_LINE} characters; is it a CSV file?")
        if _NOT_UTF_8.search(line):
            raise UnusableFile(
                f"line {number} is not in UTF-8; save the file again, in a spreadsheet as 'CSV UTF-8 (comma separated)'"
            )
        yield line
