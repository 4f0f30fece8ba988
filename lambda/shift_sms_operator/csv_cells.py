"""Writes CSV files that spreadsheets open as text."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet may take for a formula. Source: "CSV Injection", OWASP."""


def csv_cell(value: object) -> str:
    """Returns a cell that no spreadsheet takes for a formula. `csv_records` reads the value again."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes a CSV file; returns the number of rows."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([csv_cell(cell) for cell in row])
        count += 1
    return count
