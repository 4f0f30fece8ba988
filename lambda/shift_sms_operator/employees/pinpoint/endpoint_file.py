"""Reads a file of Amazon Pinpoint: lines of JSON, or CSV with dotted names; it may be gzipped.

One line is one endpoint. So a line that cannot be read affects no other, and the file need not fit into memory.
Source: "Importing segments" in the Amazon Pinpoint user guide, for the names, for repeated columns and for CSV without
line breaks in values.
"""

import csv
import gzip
import io
import itertools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shift_sms_operator.csv_records import BadValue, Problem, UnusableFile, open_file, too_many_values

_REQUIRED = ("ChannelType", "Address")
_OBJECTS = ("Attributes", "Demographic", "Location", "Metrics", "User")
_LISTS = ("Attributes", "User.UserAttributes")

_LONGEST_LINE = 1_000_000  # characters; Pinpoint's endpoints end at 15 KB
_LINES_TO_JUDGE_BY = 100
_GZIP = b"\x1f\x8b"
# UTF-16's byte order marks, as the decoder below passes on bytes that are not UTF-8.
_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")


@dataclass(frozen=True)
class Record:
    """One endpoint in the shape of Pinpoint's JSON, whatever the format of the file. Its types are not checked."""

    line: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class CutOff(Problem):
    """Nothing from this line on can be read."""


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def read_endpoints(path: Path) -> Iterator[Record | Problem]:
    """Yields the endpoints of a file, and what is wrong with the lines that have none.

    Raises UnusableFile, before the first of them.
    """
    with open_file(path) as file:
        yield from _records(_lines(file))


def _records(lines: Iterator[_Line | Problem]) -> Iterator[Record | Problem]:
    head = list(itertools.islice(lines, _LINES_TO_JUDGE_BY))
    readable = [line for line in head if isinstance(line, _Line)]
    if not readable:
        told = [f"line {line.line}: {line.message}" for line in head if isinstance(line, Problem)]
        raise UnusableFile(told[0] if told else "it is empty")
    read = _reader(readable)
    for line in itertools.chain(head, lines):
        if isinstance(line, Problem):
            yield line
            continue
        try:
            fields = read(line)
        except BadValue as error:
            yield Problem(line.number, str(error))
        else:
            if fields is not None:
                yield Record(line.number, fields)


def _reader(head: Sequence[_Line]) -> "Callable[[_Line], Mapping[str, Any] | None]":
    """Returns what reads a line of this file; that returns None for a line that is no endpoint."""
    first = head[0]
    if first.text.startswith(_UTF_16):
        raise UnusableFile("it is in UTF-16; save it again in UTF-8")
    header = _values_or_none(first.text) or []
    if any(name in header for name in _REQUIRED):
        return _CsvReader(first.number, header)
    if any(_is_object(line.text) for line in head):
        return _json_object
    if first.text.lstrip().startswith(("{", "[")):
        raise UnusableFile(
            "no endpoint is on a line of its own; with jq, `jq -c .[]` makes lines of a list, `jq -c .` of one endpoint"
        )
    return _CsvReader(first.number, header)


def _json_object(line: _Line) -> Mapping[str, Any]:
    text = _utf_8(line.text)
    try:
        value = json.loads(text)
    except RecursionError:
        raise BadValue("it is no endpoint, but lists within lists") from None
    except ValueError as error:
        # Of a number with thousands of digits, Python has a complaint of its own.
        told = (
            f"{error.msg} at character {error.pos + 1}"
            if isinstance(error, json.JSONDecodeError)
            else str(error)
        )
        raise BadValue(f"it is no JSON: {told}; one line must be one whole endpoint") from None
    if not isinstance(value, dict):
        raise BadValue(
            'it is no JSON object; an endpoint is like {"ChannelType":"SMS","Address":"+14255550101"}'
        )
    return value


def _is_object(text: str) -> bool:
    try:
        return bool(_json_object(_Line(0, text)))
    except BadValue:
        return False


class _CsvReader:
    """Reads rows under a header. A column that has a list may be there several times."""

    def __init__(self, line: int, header: Sequence[str]) -> None:
        self._line = line
        self._header = header
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            raise UnusableFile("the columns are not separated by commas")
        missing = [name for name in _REQUIRED if name not in header]
        if missing:
            raise UnusableFile(
                f"there is no column {' and no column '.join(missing)} in its first line; a file of Amazon Pinpoint"
                " begins like ChannelType,Address,Location.Country, or has an endpoint as JSON on each line"
            )
        for name in header:
            if name and header.count(name) > 1 and _parent(name) not in _LISTS:
                raise UnusableFile(f"the column {name} is there twice")

    def __call__(self, line: _Line) -> Mapping[str, Any] | None:
        if line.number == self._line:
            return None
        values = _values(_utf_8(line.text))
        if not any(values):
            return None
        if len(values) > len(self._header):
            raise BadValue(too_many_values(len(values), len(self._header)))
        fields: dict[str, Any] = {}
        for name, value in zip(self._header, values, strict=False):
            if value and name not in (*_OBJECTS, *_LISTS):
                _put(fields, name, value)
        return fields


def _put(fields: dict[str, Any], name: str, value: str) -> None:
    parent = _parent(name)
    for step in filter(None, parent.split(".")):
        fields = fields.setdefault(step, {})
    leaf = name.removeprefix(f"{parent}.")
    if parent in _LISTS:
        fields.setdefault(leaf, []).append(value)
    else:
        fields[leaf] = value


def _parent(name: str) -> str:
    """Returns the object that a dotted name is in; the rest of the name may have further dots."""
    for parent in ("User.UserAttributes", *_OBJECTS):
        if name.startswith(f"{parent}."):
            return parent
    return ""


def _values(text: str) -> list[str]:
    try:
        [values] = list(csv.reader([text], strict=True)) or [[]]
    except csv.Error as error:
        raise BadValue(
            f'it is no CSV: {error}; is a quote left open? A value has no line break, and "" for each quote in it'
        ) from None
    return [value.strip() for value in values]


def _values_or_none(text: str) -> list[str] | None:
    try:
        return _values(text)
    except BadValue:
        return None


def _utf_8(text: str) -> str:
    """Returns the text. Raises BadValue if the line is not in UTF-8."""
    if any("\udc80" <= character <= "\udcff" for character in text):
        raise BadValue("it is not in UTF-8; save the file again, in a spreadsheet as 'CSV UTF-8'")
    return text


def _lines(file: io.BufferedReader) -> Iterator[_Line | Problem]:
    """Yields the lines that are not blank, and what is wrong with those that cannot be read."""
    zipped = file.peek(len(_GZIP)).startswith(_GZIP)
    plain = gzip.GzipFile(fileobj=file) if zipped else file
    with io.TextIOWrapper(plain, encoding="utf-8-sig", errors="surrogateescape") as text:
        for number in itertools.count(1):
            try:
                line = text.readline(_LONGEST_LINE)
                too_long = len(line) == _LONGEST_LINE
                while len(line) == _LONGEST_LINE and not line.endswith("\n"):
                    line = text.readline(_LONGEST_LINE)
            except (EOFError, OSError, zlib.error) as error:
                yield CutOff(number, f"nothing from here on can be read: {error}; is the file cut off?")
                return
            if too_long:
                yield Problem(number, f"it is longer than {_LONGEST_LINE} characters; no endpoint is")
            elif not line:
                return
            elif line.strip():
                yield _Line(number, line)
