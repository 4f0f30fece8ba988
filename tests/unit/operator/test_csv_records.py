"""Tests that CSV files of any kind are read row by row, with the line of each row."""

import contextlib
import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_operator.csv_cells import csv_cell
from shift_sms_operator.csv_records import Columns, CsvRecord, UnusableFile, read_records

COLUMNS = Columns(("phone_number",), ("name", "note"))
HEADER = ("phone_number", "name", "note")

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")
# A lone surrogate is in no encoding, and the csv module ends a file at NUL.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6)


def write(path: Path, rows: list[tuple[str, ...]], *, separator: str, end: str, encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [HEADER, *rows]
    )
    path.write_bytes(text.getvalue().encode(encoding))


@given(
    rows=ROWS,
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(ENCODINGS),
)
def test_given_any_rows_when_written_and_read_then_the_cells_are_the_same(
    rows: list[tuple[str, ...]],
    separator: str,
    end: str,
    encoding: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    escaped = [tuple(map(csv_cell, row)) for row in rows]
    write(path, escaped, separator=separator, end=end, encoding=encoding)

    read = [*read_records(path, COLUMNS)]

    expected = [tuple(cell.strip() for cell in row) for row in rows]
    assert [tuple(record.values.values()) for record in read] == [row for row in expected if any(row)]


@given(rows=ROWS, separator=st.sampled_from(",;\t"))
def test_given_any_rows_when_read_then_each_line_is_where_the_row_begins(
    rows: list[tuple[str, ...]], separator: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.csv"
    write(path, rows, separator=separator, end="\n", encoding="utf-8")
    lines = io.StringIO(path.read_bytes().decode(), newline="").readlines()

    for record in read_records(path, COLUMNS):
        rest = csv.reader(lines[record.line - 1 :], delimiter=separator)
        cells = [cell.strip() for cell in next(rest)]
        assert all(
            value in (cell, cell[1:].strip())
            for cell, value in zip(cells, record.values.values(), strict=True)
        )


@given(content=st.binary(max_size=200))
def test_given_any_bytes_when_read_then_they_are_rows_or_an_unusable_file(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(content)
    records: list[CsvRecord] = []
    with contextlib.suppress(UnusableFile):
        records = [*read_records(path, COLUMNS)]
    assert all(record.values.keys() <= set(HEADER) for record in records)


def test_given_a_long_file_when_read_then_memory_holds_one_row(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("phone_number,name\n" + f"+14255550101,{'x' * 1000}\n" * 10_000)
    tracemalloc.start()
    count = sum(1 for _ in read_records(path, COLUMNS))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 10_000
    assert peak < path.stat().st_size / 20


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("+1,Ann,x,,", ""),
        ("+1", ""),
        ("+1,Ann,x,y", "4 values for 3 columns; put a value that has a separator"),
    ],
)
def test_given_a_row_of_another_length_when_read_then_only_further_values_are_wrong(
    tmp_path: Path, cells: str, problem: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"phone_number,name,note\n{cells}\n")

    [record] = read_records(path, COLUMNS)

    assert record.line == 2
    assert record.problem.startswith(problem)
    assert bool(record.problem) is bool(problem)


def test_given_a_quoted_line_break_when_read_then_the_line_is_the_first_one(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text('phone_number,name\n+1,"Ann\nLee"\n\n+2,Bob\n')

    assert [(one.line, one.values["name"]) for one in read_records(path, COLUMNS)] == [
        (2, "Ann\nLee"),
        (5, "Bob"),
    ]
