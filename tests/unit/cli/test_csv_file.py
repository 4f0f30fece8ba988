"""Tests what is read from spreadsheets, and how mistakes in them are reported."""

import pytest

from shift_sms_cli.flat_commands import WRONG_INPUT
from tests.support.operator_cli import OperatorCli

ODD = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("odd", ODD)
def test_given_an_unusual_line_break_in_a_name_when_loaded_then_it_ends_no_row(
    operator_cli: OperatorCli, odd: str, end: str
) -> None:
    lines = [
        "phone_number,name",
        f"+14255550101,Ann{odd}Lee",
        "12,Bob",
        f'+14255550102,"Cid{end}Low"',
        "13,Eve",
    ]

    status, _, complaint = operator_cli.run("load-employees", operator_cli.file(end.join(lines) + end))

    assert status == WRONG_INPUT
    assert [row["name"] for row in operator_cli.rows("Employees")] == [f"Ann{odd}Lee", f"Cid{end}Low"]
    assert "line 3: not loaded" in complaint
    assert "line 6: not loaded" in complaint


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "the first line is empty; it must be like phone_number,name,language,roles,segments"),
        ("name\nAnn\n", "there is no column phone_number; the first line must be like"),
        ("phone_number;name\n+14255550101;Ann\n", "not separated by commas"),
        (
            "phone_number,nmae,,lang\n+14255550101,Ann,x,en\n",
            "the columns nmae, (without a name), lang are unknown; known are phone_number",
        ),
        (
            "phone_number,nmae\n+14255550101,Ann\n",
            "the column nmae is unknown; known are phone_number,name,language,roles,segments",
        ),
        ("phone_number,name,name\n+14255550101,Ann,Ann\n", "a column is there twice"),
        ("phone_number,name\n+14255550101,Jos\u00e9\n".encode("latin-1"), "line 2 is not in UTF-8"),
        ('phone_number,name\n+14255550101,"Ann\n', "is a quote left open?"),
    ],
)
def test_given_an_unusable_file_when_loaded_then_it_is_told_and_nothing_is_written(
    operator_cli: OperatorCli, content: str | bytes, told: str
) -> None:
    status, printed, complaint = operator_cli.run("load-employees", operator_cli.file(content))

    assert (status, printed) == (WRONG_INPUT, "")
    assert told in complaint
    assert operator_cli.rows("Employees") == []
