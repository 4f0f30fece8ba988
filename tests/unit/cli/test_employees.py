"""Tests how employees are loaded."""

from datetime import UTC, datetime

import pytest

from shift_sms_cli.flat_commands import DONE, WRONG_INPUT
from shift_sms_runtime.aws.dynamodb import sortable_time
from shift_sms_runtime.tables.employees import read_employee
from tests.support.operator_cli import OperatorCli


def test_given_a_roster_when_loaded_twice_then_the_rows_are_those_of_once(operator_cli: OperatorCli) -> None:
    path = operator_cli.file("phone_number,name,language\n+1 (425) 555-0101,Ann,en\n+14255550102,,\n")

    for _ in range(2):
        assert operator_cli.run("load-employees", path) == (
            DONE,
            "2 employees loaded, all in the segment overtime\n",
            "",
        )

    assert operator_cli.rows("Employees") == [
        {"phone_number": "+14255550101", "name": "Ann", "language": "en"},
        {"phone_number": "+14255550102"},
    ]
    assert [(row["segment"], row["phone_number"]) for row in operator_cli.rows("SegmentMembers")] == [
        ("overtime", "+14255550101"),
        ("overtime", "+14255550102"),
    ]


def test_given_members_when_loaded_then_only_new_ones_get_the_time(
    operator_cli: OperatorCli,
) -> None:
    there = {"segment": "overtime", "phone_number": "+14255550101", "note": "by hand"}
    operator_cli.put("SegmentMembers", there)
    begun = sortable_time(datetime.now(UTC))
    operator_cli.run("load-employees", operator_cli.file("phone_number\n+14255550101\n+14255550102\n"))
    first, second = operator_cli.rows("SegmentMembers")
    assert first == there
    assert begun <= second["added_at"] <= sortable_time(datetime.now(UTC))
    operator_cli.run("load-employees", operator_cli.file("phone_number\n+14255550101\n+14255550102\n"))
    assert operator_cli.rows("SegmentMembers") == [first, second]


def test_given_roles_and_languages_when_loaded_twice_then_empty_cells_leave_them(
    operator_cli: OperatorCli,
) -> None:
    rows = "+14255550101,ES_mx,Bar; Shift  Lead ;bar;\n+14255550102,de,\n"
    path = operator_cli.file(f"phone_number,language,roles\n{rows}")

    for _ in range(2):
        status, _, complaint = operator_cli.run("load-employees", path)
        assert (status, complaint) == (DONE, "")
    operator_cli.run("load-employees", operator_cli.file("phone_number,language,roles\n+14255550101,,\n"))

    assert operator_cli.rows("Employees") == [
        {"phone_number": "+14255550101", "language": "ES_mx", "roles": ["Bar", "Shift Lead"]},
        {"phone_number": "+14255550102", "language": "de"},
    ]


def test_given_a_role_when_written_then_the_functions_read_the_same_role(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.run("load-employees", operator_cli.file("phone_number,roles\n+14255550101,Bar;Shift Lead\n"))

    [row] = operator_cli.rows("Employees")
    assert read_employee(row).roles == {"bar", "shift lead"}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            "English,",
            "the language 'English' is none that people are answered in: write de or en or es or fr",
        ),
        ("pl,", "the language 'pl' is none that people are answered in"),
        ("en us,", "with a region if you like (es-MX), or leave it out"),
        ('en,"bar,kitchen"', "the roles 'bar,kitchen' have a comma: several roles are separated by ;"),
    ],
)
def test_given_an_unusable_language_or_role_when_loaded_then_it_is_reported(
    operator_cli: OperatorCli, cells: str, told: str
) -> None:
    path = operator_cli.file(f"phone_number,language,roles\n+14255550101,{cells}\n+14255550102,fr,bar\n")

    status, _, complaint = operator_cli.run("load-employees", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"{path}, line 2: not loaded: ")
    assert told in complaint
    assert [row["phone_number"] for row in operator_cli.rows("Employees")] == ["+14255550102"]


def test_given_existing_rows_when_employees_are_loaded_then_unnamed_values_stay(
    operator_cli: OperatorCli,
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
    operator_cli.put("Employees", ann)
    operator_cli.put("Employees", stopped)
    operator_cli.put("Employees", {**stopped, "phone_number": "+14255550103"})

    path = operator_cli.file(
        "phone_number,name,language\n+14255550101,,es\n+14255550102,,\n+14255550103,Cy,\n"
    )
    operator_cli.run("load-employees", path)

    assert operator_cli.rows("Employees") == [
        {**ann, "language": "es"},
        {"phone_number": "+14255550102", "opted_out": True},
        {"phone_number": "+14255550103", "opted_out": True, "name": "Cy"},
    ]


def test_given_segments_in_a_cell_when_loaded_then_the_others_are_in_the_default(
    operator_cli: OperatorCli,
) -> None:
    path = operator_cli.file(
        "phone_number,segments\n+14255550101,night;bar-2\n+14255550102,\n+14255550103,night | day day\n"
    )

    for _ in range(2):
        status, printed, _ = operator_cli.run("load-employees", path, "--segment", "weekend")
        assert (status, printed) == (
            DONE,
            "3 employees loaded: 1 in bar-2, 1 in day, 2 in night, 1 in weekend\n",
        )

    assert [(row["segment"], row["phone_number"][-1]) for row in operator_cli.rows("SegmentMembers")] == [
        ("bar-2", "1"),
        ("day", "3"),
        ("night", "1"),
        ("night", "3"),
        ("weekend", "2"),
    ]


@pytest.mark.parametrize("cell", ["n\u00e4cht", "night,day", "a/b", "x" * 129])
def test_given_an_invalid_segment_when_loaded_then_only_its_row_is_refused(
    operator_cli: OperatorCli, cell: str
) -> None:
    path = operator_cli.file(f'phone_number,segments\n+14255550101,"day;{cell}"\n+14255550102,day\n')

    status, _, complaint = operator_cli.run("load-employees", path)

    assert status == WRONG_INPUT
    assert (
        f"line 2: not loaded: the segment {cell!r} must be 1 to 128 letters, digits, or any of _ . -;"
        in complaint
    )
    assert [row["phone_number"] for row in operator_cli.rows("Employees")] == ["+14255550102"]
    assert [row["phone_number"] for row in operator_cli.rows("SegmentMembers")] == ["+14255550102"]


@pytest.mark.parametrize("command", ["load-employees", "load-pinpoint"])
def test_given_no_name_of_a_segment_as_the_default_when_loaded_then_it_is_refused(
    operator_cli: OperatorCli, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        operator_cli.run(command, "any.csv", "--segment", "late shift")

    assert ended.value.code == WRONG_INPUT
    assert "the segment 'late shift' must be" in capsys.readouterr().err


def test_given_more_employees_than_one_request_takes_when_loaded_then_all_are_there(
    operator_cli: OperatorCli,
) -> None:
    numbers = [f"+1425555{number:04}" for number in range(100, 1300)]

    status, _, _ = operator_cli.run(
        "load-employees", operator_cli.file("phone_number\n" + "\n".join(numbers)), "--segment", "night"
    )

    assert status == DONE
    assert [row["phone_number"] for row in operator_cli.rows("Employees")] == numbers
    assert {row["segment"] for row in operator_cli.rows("SegmentMembers")} == {"night"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "425 555 0101,Ann",
            "the phone_number '425 555 0101' begins with no country's code; write it with +",
        ),
        ("1.42556E+10,Ann", "like +14255550101"),
        ("+1425555,Ann", "the phone_number '+1425555' is too short for a number of +1; write it with +"),
        (",Ann", "the phone_number '' is no phone number; write it with +"),
        ("+14255550101,Ann,Lee", "3 values for 2 columns; put a value that has a comma into double quotes"),
        ("+1 425 555 0199,Eve", "+14255550199 is on line 2 already"),
    ],
)
def test_given_a_bad_row_when_loaded_then_it_is_told_and_the_others_are_in(
    operator_cli: OperatorCli, row: str, told: str
) -> None:
    path = operator_cli.file(f"phone_number,name\n+14255550199,Eve\n\n{row}\n+14255550198,Bob\n")

    status, _, complaint = operator_cli.run("load-employees", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"{path}, line 4: not loaded: ")
    assert told in complaint
    assert [row["phone_number"] for row in operator_cli.rows("Employees")] == ["+14255550198", "+14255550199"]
