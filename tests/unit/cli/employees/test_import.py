"""Tests how employees are loaded."""

from datetime import UTC, datetime

import pytest

from shift_sms_cli.app import DONE, WRONG_INPUT
from shift_sms_runtime.aws.dynamodb import sortable_time
from shift_sms_runtime.tables.employees import read_employee
from tests.support.employees_cli import EmployeesCli


def test_given_a_roster_when_loaded_twice_then_the_rows_are_those_of_once(
    employees_cli: EmployeesCli,
) -> None:
    path = employees_cli.file("phone_number,name,language\n+1 (425) 555-0101,Ann,en\n+14255550102,,\n")

    assert employees_cli.run("import", path) == (
        DONE,
        "2 employees loaded (2 added, 0 changed, 0 unchanged), 0 rejected\n",
        "",
    )
    assert employees_cli.run("import", path) == (
        DONE,
        "2 employees loaded (0 added, 0 changed, 2 unchanged), 0 rejected\n",
        "",
    )

    assert employees_cli.rows("Employees") == [
        {"phone_number": "+14255550101", "name": "Ann", "language": "en"},
        {"phone_number": "+14255550102"},
    ]
    assert [(row["segment"], row["phone_number"]) for row in employees_cli.rows("SegmentMembers")] == [
        ("overtime", "+14255550101"),
        ("overtime", "+14255550102"),
    ]


def test_given_members_when_loaded_then_only_new_ones_get_the_time(
    employees_cli: EmployeesCli,
) -> None:
    there = {"segment": "overtime", "phone_number": "+14255550101", "note": "by hand"}
    employees_cli.put("SegmentMembers", there)
    begun = sortable_time(datetime.now(UTC))
    employees_cli.run("import", employees_cli.file("phone_number\n+14255550101\n+14255550102\n"))
    first, second = employees_cli.rows("SegmentMembers")
    assert first == there
    assert begun <= second["added_at"] <= sortable_time(datetime.now(UTC))
    employees_cli.run("import", employees_cli.file("phone_number\n+14255550101\n+14255550102\n"))
    assert employees_cli.rows("SegmentMembers") == [first, second]


def test_given_roles_and_languages_when_loaded_twice_then_empty_cells_leave_them(
    employees_cli: EmployeesCli,
) -> None:
    rows = "+14255550101,ES_mx,Bar; Shift  Lead ;bar;\n+14255550102,de,\n"
    path = employees_cli.file(f"phone_number,language,roles\n{rows}")

    for _ in range(2):
        status, _, complaint = employees_cli.run("import", path)
        assert (status, complaint) == (DONE, "")
    employees_cli.run("import", employees_cli.file("phone_number,language,roles\n+14255550101,,\n"))

    assert employees_cli.rows("Employees") == [
        {"phone_number": "+14255550101", "language": "ES_mx", "roles": ["Bar", "Shift Lead"]},
        {"phone_number": "+14255550102", "language": "de"},
    ]


def test_given_a_role_when_written_then_the_functions_read_the_same_role(
    employees_cli: EmployeesCli,
) -> None:
    employees_cli.run("import", employees_cli.file("phone_number,roles\n+14255550101,Bar;Shift Lead\n"))

    [row] = employees_cli.rows("Employees")
    assert read_employee(row).roles == {"bar", "shift lead"}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            "Klingon,",
            "the language 'Klingon' has no replies: write de or en or es or fr",
        ),
        ("pl,", "the language 'pl' has no replies"),
        ("en us,", "with a region if you like (es-MX), or leave it out"),
        ('en,"bar,kitchen"', "the roles 'bar,kitchen' have a comma: several roles are separated by ;"),
    ],
)
def test_given_an_unusable_language_or_role_when_loaded_then_it_is_reported(
    employees_cli: EmployeesCli, cells: str, told: str
) -> None:
    path = employees_cli.file(f"phone_number,language,roles\n+14255550101,{cells}\n+14255550102,fr,bar\n")

    status, _, complaint = employees_cli.run("import", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"shift-sms: {path}, line 2: not loaded: ")
    assert told in complaint
    assert [row["phone_number"] for row in employees_cli.rows("Employees")] == ["+14255550102"]


def test_given_existing_rows_when_employees_are_loaded_then_unnamed_values_stay(
    employees_cli: EmployeesCli,
) -> None:
    ann = {
        "phone_number": "+14255550101",
        "name": "Ann",
        "language": "en",
        "opted_out": True,
        "opt_changed_at": "2026-11-01T08:00:00+00:00",
        "opt_changed_by": "inbound-1",
        "badge": "17",
    }
    stopped = {"phone_number": "+14255550102", "opted_out": True, "only_opt_out": True}
    employees_cli.put("Employees", ann)
    employees_cli.put("Employees", stopped)
    employees_cli.put("Employees", {**stopped, "phone_number": "+14255550103"})

    path = employees_cli.file(
        "phone_number,name,language\n+14255550101,,es\n+14255550102,,\n+14255550103,Cy,\n"
    )
    employees_cli.run("import", path)

    assert employees_cli.rows("Employees") == [
        {**ann, "language": "es"},
        {"phone_number": "+14255550102", "opted_out": True},
        {"phone_number": "+14255550103", "opted_out": True, "name": "Cy"},
    ]


def test_given_segments_in_a_cell_when_loaded_then_the_others_are_in_the_default(
    employees_cli: EmployeesCli,
) -> None:
    path = employees_cli.file(
        "phone_number,segments\n+14255550101,night;bar-2\n+14255550102,\n+14255550103,night | day day\n"
    )

    for _ in range(2):
        status, printed, _ = employees_cli.run("import", path, "--segment", "weekend")
        assert status == DONE
        assert printed.startswith("3 employees loaded")

    assert [(row["segment"], row["phone_number"][-1]) for row in employees_cli.rows("SegmentMembers")] == [
        ("bar-2", "1"),
        ("day", "3"),
        ("night", "1"),
        ("night", "3"),
        ("weekend", "2"),
    ]


@pytest.mark.parametrize("cell", ["n\u00e4cht", "night,day", "a/b", "x" * 129])
def test_given_an_invalid_segment_when_loaded_then_only_its_row_is_refused(
    employees_cli: EmployeesCli, cell: str
) -> None:
    path = employees_cli.file(f'phone_number,segments\n+14255550101,"day;{cell}"\n+14255550102,day\n')

    status, _, complaint = employees_cli.run("import", path)

    assert status == WRONG_INPUT
    assert (
        f"line 2: not loaded: the segment {cell!r} must be 1 to 128 letters, digits, or any of _ . -;"
        in complaint
    )
    assert [row["phone_number"] for row in employees_cli.rows("Employees")] == ["+14255550102"]
    assert [row["phone_number"] for row in employees_cli.rows("SegmentMembers")] == ["+14255550102"]


@pytest.mark.parametrize("command", ["import", "import-pinpoint"])
def test_given_no_name_of_a_segment_as_the_default_when_loaded_then_it_is_refused(
    employees_cli: EmployeesCli, command: str
) -> None:
    status, _, complaint = employees_cli.run(command, "any.csv", "--segment", "late shift")

    assert status == WRONG_INPUT
    assert "the segment 'late shift' must be" in complaint


def test_given_more_employees_than_one_request_takes_when_loaded_then_all_are_there(
    employees_cli: EmployeesCli,
) -> None:
    numbers = [f"+1425555{number:04}" for number in range(100, 160)]

    status, _, _ = employees_cli.run(
        "import", employees_cli.file("phone_number\n" + "\n".join(numbers)), "--segment", "night"
    )

    assert status == DONE
    assert [row["phone_number"] for row in employees_cli.rows("Employees")] == numbers
    assert {row["segment"] for row in employees_cli.rows("SegmentMembers")} == {"night"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "425 555 0101,Ann",
            "the phone_number '425 555 0101' begins with no country code; write it with +",
        ),
        (
            "1.42556E+10,Ann",
            "has lost its digits in a spreadsheet; format the column as text, and enter it again",
        ),
        ("+1425555,Ann", "the phone_number '+1425555' is too short for a number of +1; write it with +"),
        (",Ann", "the phone_number '' is no phone number; write it with +"),
        (
            "+14255550101,Ann,Lee",
            "3 values for 2 columns; put a value that has a separator into double quotes",
        ),
        (f"+14255550101,{'x' * 101}", "the name has 101 characters; shorten it to 100"),
        ("+1 425 555 0199,Eve", "+14255550199 is on line 2 already"),
    ],
)
def test_given_a_bad_row_when_loaded_then_it_is_told_and_the_others_are_in(
    employees_cli: EmployeesCli, row: str, told: str
) -> None:
    path = employees_cli.file(f"phone_number,name\n+14255550199,Eve\n\n{row}\n+14255550198,Bob\n")

    status, _, complaint = employees_cli.run("import", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"shift-sms: {path}, line 4: not loaded: ")
    assert told in complaint
    assert [row["phone_number"] for row in employees_cli.rows("Employees")] == [
        "+14255550198",
        "+14255550199",
    ]
