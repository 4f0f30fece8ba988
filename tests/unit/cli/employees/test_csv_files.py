"""Tests what is read from spreadsheets, and how mistakes in them are reported."""

from pathlib import Path

import pytest

from shift_sms_cli.app import DONE, WRONG_INPUT
from tests.support.employees_cli import EmployeesCli

ODD = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("odd", ODD)
def test_given_an_unusual_line_break_in_a_name_when_loaded_then_it_ends_no_row(
    employees_cli: EmployeesCli, odd: str, end: str
) -> None:
    lines = [
        "phone_number,name",
        f"+14255550101,Ann{odd}Lee",
        "12,Bob",
        f'+14255550102,"Cid{end}Low"',
        "13,Eve",
    ]

    status, _, complaint = employees_cli.run("import", employees_cli.file(end.join(lines) + end))

    assert status == WRONG_INPUT
    assert [row["name"] for row in employees_cli.rows("Employees")] == [f"Ann{odd}Lee", f"Cid{end}Low"]
    assert "line 3: not loaded" in complaint
    assert "line 6: not loaded" in complaint


@pytest.mark.parametrize("header", ["Name,Phone,Role,Group", "name,Mobile Number,roles,segments"])
def test_given_columns_by_other_names_when_loaded_then_they_are_known(
    employees_cli: EmployeesCli, header: str
) -> None:
    file = employees_cli.file(f"{header}\nAnn,+14255550101,Bar,night\n")

    assert employees_cli.run("import", file)[0] == DONE

    (row,) = employees_cli.rows("Employees")
    assert (row["phone_number"], row["name"], row["roles"]) == ("+14255550101", "Ann", ["Bar"])
    assert employees_cli.members() == [("night", "+14255550101")]


def test_given_a_column_by_both_names_when_loaded_then_the_other_name_is_unknown(
    employees_cli: EmployeesCli,
) -> None:
    file = employees_cli.file("phone_number,phone\n+14255550101,+14255550102\n")

    assert "the column phone is unknown" in employees_cli.run("import", file)[2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "",
            "the first line is empty; it must name the columns phone_number and any of name, language, roles",
        ),
        (
            "name\nAnn\n",
            "there is no column phone_number; the first line must name the columns phone_number and",
        ),
        ("phone_number|name\n+14255550101|Ann\n", "there is no column phone_number"),
        (f"phone_number\n{'1' * 1_000_001}", "line 2 is longer than 1000000 characters"),
        (b"\xff\xfep\x00h\x00o\x00\xd8", "it is not in UTF-16, as its first bytes say"),
        (
            "phone_number,nmae,,lang\n+14255550101,Ann,x,en\n",
            "the columns nmae, (without a name), lang are unknown; write phone_number and any of name",
        ),
        (
            "phone_number,nmae\n+14255550101,Ann\n",
            "the column nmae is unknown; write phone_number and any of name, language, roles, segments, hired_at,",
        ),
        ("phone_number,name,name\n+14255550101,Ann,Ann\n", "a column is there twice"),
        ("phone_number,name\n+14255550101,Jos\u00e9\n".encode("latin-1"), "line 2 is not in UTF-8"),
        ('phone_number,name\n+14255550101,"Ann\n', "is a quote left open?"),
    ],
)
def test_given_an_unusable_file_when_loaded_then_it_is_told_and_nothing_is_written(
    employees_cli: EmployeesCli, content: str | bytes, told: str
) -> None:
    status, printed, complaint = employees_cli.run("import", employees_cli.file(content))

    assert (status, printed) == (WRONG_INPUT, "")
    assert told in complaint
    assert employees_cli.rows("Employees") == []


def test_given_no_file_when_loaded_then_it_is_told_where_it_was_looked_for(
    employees_cli: EmployeesCli, tmp_path: Path
) -> None:
    status, _, complaint = employees_cli.run("import", str(tmp_path / "none.csv"))

    assert status == WRONG_INPUT
    assert f"there is no such file; looked for {tmp_path / 'none.csv'}" in complaint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_given_a_file_as_a_spreadsheet_saves_it_when_loaded_then_it_is_understood(
    employees_cli: EmployeesCli, separator: str, encoding: str
) -> None:
    rows = ["Phone Number ,NAME,Roles,,", '+14255550101," José, Jr; ",Bar|Shift Lead,,', ",,,,"]
    content = "\r\n".join(rows).replace(",", separator).replace(f"José{separator}", "José,") + "\r\n"

    status, _, complaint = employees_cli.run("import", employees_cli.file(content.encode(encoding)))

    assert (status, complaint) == (DONE, "")
    assert employees_cli.rows("Employees") == [
        {"phone_number": "+14255550101", "name": "José, Jr;", "roles": ["Bar", "Shift Lead"]}
    ]
