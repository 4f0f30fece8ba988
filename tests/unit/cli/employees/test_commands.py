"""Tests the commands that add, list, show, export and remove employees."""

import json
from pathlib import Path
from typing import Any

import pytest

from shift_sms_cli.app import DONE, WRONG_INPUT
from tests.support.employees_cli import EmployeesCli

ANN = "+14255550101"
HOSTILE = '=HYPERLINK("http://x")\x1b[31m\u202eAnn'


def test_given_a_number_when_added_twice_then_it_is_added_once_and_told(employees_cli: EmployeesCli) -> None:
    options = ("425 555 0101", "--country", "USA", "--name", "Ann", "--language", "Spanish", "--role", "Bar")

    assert employees_cli.run("add", *options) == (DONE, f"{ANN} was added; joined overtime\n", "")
    assert employees_cli.run("add", *options)[1] == f"{ANN} is an employee already; nothing was changed\n"
    assert employees_cli.run("add", ANN, "--name", "Eve")[1] == f"{ANN} was changed\n"

    assert employees_cli.rows("Employees") == [
        {"phone_number": ANN, "name": "Eve", "language": "es", "roles": ["Bar"]}
    ]
    assert [record["action"] for record in employees_cli.world.audit(f"employee#{ANN}")] == [
        "added",
        "changed",
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("12",), "the phone_number '12' begins with no country code"),
        ((ANN, "--language", "Klingon"), "the language 'Klingon' has no replies"),
        ((ANN, "--segment", "late shift"), "the segment 'late shift' must be"),
        ((ANN, "--name", "x" * 101), "shorten it to 100"),
        ((ANN, "--country", "Mars"), "the country 'Mars' is unknown"),
    ],
)
def test_given_a_wrong_value_when_added_then_it_is_told_and_nothing_is_written(
    employees_cli: EmployeesCli, options: tuple[str, ...], told: str
) -> None:
    status, printed, complaint = employees_cli.run("add", *options)

    assert (status, printed) == (WRONG_INPUT, "")
    assert told in complaint
    assert employees_cli.rows("Employees") == []


def many(employees_cli: EmployeesCli, count: int) -> list[str]:
    numbers = [f"+1425555{number:04}" for number in range(100, 100 + count)]
    for number in numbers:
        employees_cli.put("Employees", {"phone_number": number, "name": f"E{number[-3:]}"})
        employees_cli.put("SegmentMembers", {"segment": "night", "phone_number": number})
    return numbers


@pytest.mark.parametrize("segment", [(), ("--segment", "night")])
def test_given_more_than_a_page_when_listed_then_each_page_leads_to_the_next(
    employees_cli: EmployeesCli, segment: tuple[str, ...]
) -> None:
    numbers = many(employees_cli, 7)
    found: list[str] = []
    after: tuple[str, ...] = ()
    for expected in (3, 3, 1):
        _, printed, more = employees_cli.run("list", "--limit", "3", "--json", *segment, *after)
        page = json.loads(printed)
        assert len(page) == expected
        found += [row["phone_number"] for row in page]
        after = ("--after", more.split()[-1]) if more else ()
    assert after == ()
    assert sorted(found) == numbers


def test_given_rows_when_listed_as_json_then_the_attributes_are_those_of_the_table(
    employees_cli: EmployeesCli,
) -> None:
    employees_cli.put(
        "Employees",
        {
            "phone_number": ANN,
            "name": "Ann",
            "language": "es",
            "roles": ["Bar"],
            "hired_at": "2019-05-01",
            "sites": ["Harbor"],
            "opted_out": True,
            "badge": "1",
        },
    )
    employees_cli.put("Employees", {"phone_number": "+14255550102", "opted_out": True, "only_opt_out": True})

    assert json.loads(employees_cli.run("list", "--json")[1]) == [
        {
            "phone_number": ANN,
            "name": "Ann",
            "language": "es",
            "roles": ["Bar"],
            "hired_at": "2019-05-01",
            "timezone": "",
            "sites": ["Harbor"],
            "notices": [],
            "opted_out": True,
        }
    ]


def test_given_a_hostile_name_when_listed_then_it_controls_no_terminal(employees_cli: EmployeesCli) -> None:
    employees_cli.put("Employees", {"phone_number": ANN, "name": HOSTILE})

    for command in (("list",), ("list", "--json"), ("show", ANN), ("show", ANN, "--json")):
        _, printed, _ = employees_cli.run(*command)
        assert "HYPERLINK" in printed
        assert not {"\x1b", "\u202e"}.intersection(printed)


def test_given_a_name_when_searched_then_those_employees(employees_cli: EmployeesCli) -> None:
    employees_cli.put("Employees", {"phone_number": ANN, "name": "Ann Bell"})
    employees_cli.put("Employees", {"phone_number": "+14255550102", "name": "Bob"})

    _, printed, _ = employees_cli.run("list", "--find", "bell")
    refused = employees_cli.run("list", "--find", "bell", "--segment", "night")

    assert "Ann Bell" in printed
    assert "Bob" not in printed
    assert (refused[0], "leave out --segment" in refused[2]) == (2, True)


def test_given_no_employees_when_listed_then_it_is_told(employees_cli: EmployeesCli) -> None:
    assert employees_cli.run("list") == (DONE, "there are no employees\n", "")
    assert employees_cli.run("list", "--json") == (DONE, "[]\n", "")


def test_given_a_wrong_cursor_when_listed_then_it_is_refused(employees_cli: EmployeesCli) -> None:
    status, _, complaint = employees_cli.run("list", "--after", "x")
    assert status == WRONG_INPUT
    assert "is no position in this list" in complaint


def test_given_an_export_when_imported_again_then_nothing_changes(
    employees_cli: EmployeesCli, tmp_path: Path
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "phone_number": ANN,
            "name": "=Ann",
            "language": "es",
            "roles": ["Bar", "Shift Lead"],
            "hired_at": "2019-05-01",
            "timezone": "Europe/Berlin",
            "sites": ["Harbor", "Old Town"],
            "notices": ["sick"],
            "opted_out": True,
        },
        {"phone_number": "+14255550102", "name": 'O"Hara, Jr.'},
        {"phone_number": "+14255550103", "name": "@x\ny"},
    ]
    for row in rows:
        employees_cli.put("Employees", row)
    for segment, number in (
        ("day", ANN),
        ("night", ANN),
        ("night", "+14255550102"),
        ("night", "+14255550103"),
    ):
        employees_cli.put("SegmentMembers", {"segment": segment, "phone_number": number})
    before = employees_cli.rows("Employees"), employees_cli.members()

    status, exported, _ = employees_cli.run("export")
    path = tmp_path / "exported.csv"
    assert employees_cli.run("export", "--output", str(path))[:2] == (DONE, "")

    assert status == DONE
    assert path.read_text(encoding="utf-8-sig") == exported
    cells = [line.split(",")[0] for line in exported.splitlines() if "425555" in line]
    assert sorted(cells) == [f"'{row['phone_number']}" for row in rows]
    assert "'=Ann" in exported
    assert "'@x" in exported
    for file in (str(path), employees_cli.file(exported)):
        assert employees_cli.run("import", file)[1].startswith(
            "3 employees loaded (0 added, 0 changed, 3 unchanged), 0 rejected"
        )
    assert (employees_cli.rows("Employees"), employees_cli.members()) == before
    _, night, _ = employees_cli.run("export", "--segment", "day")
    fills = "2019-05-01,Europe/Berlin,Harbor;Old Town,sick"
    assert night.splitlines()[1:] == [f"'{ANN},'=Ann,es,Bar;Shift Lead,day,{fills},yes"]


def test_given_a_folder_that_is_not_there_when_exported_then_it_is_refused(
    employees_cli: EmployeesCli, tmp_path: Path
) -> None:
    status, _, complaint = employees_cli.run("export", "--output", str(tmp_path / "none" / "x.csv"))
    assert status == WRONG_INPUT
    assert "cannot be written: No such file or directory" in complaint


def test_given_an_employee_when_removed_without_terminal_then_yes_is_needed(
    employees_cli: EmployeesCli,
) -> None:
    employees_cli.put("Employees", {"phone_number": ANN, "name": "Ann"})
    employees_cli.put(
        "Shifts", {"shift_id": "A1", "shift_info": "Bar", "shift_status": "taken", "employee": ANN}
    )

    status, printed, complaint = employees_cli.run("remove", ANN)
    assert (status, printed) == (WRONG_INPUT, "")
    assert "confirm with --yes" in complaint
    assert employees_cli.world.row("Shifts", "A1")["employee"] == ANN

    status, printed, _ = employees_cli.run("remove", ANN, "--yes")
    assert status == DONE
    assert f"Ann, {ANN} was removed" in printed
    assert "freed: 1 seat" in printed
    assert employees_cli.rows("Employees") == []
    assert employees_cli.world.row("Shifts", "A1")["shift_status"] == "available"

    status, _, complaint = employees_cli.run("remove", ANN, "--yes")
    assert status == WRONG_INPUT
    assert f"no employee has the number {ANN}" in complaint


def test_given_a_removal_as_json_when_printed_then_it_names_what_was_freed(
    employees_cli: EmployeesCli,
) -> None:
    employees_cli.put("Employees", {"phone_number": ANN, "name": "Ann", "opted_out": True})
    employees_cli.put("SegmentMembers", {"segment": "night", "phone_number": ANN})
    employees_cli.put(
        "Shifts", {"shift_id": "A1", "shift_status": "taken", "employee": "x", "waiting_list": [ANN]}
    )

    assert json.loads(employees_cli.run("remove", ANN, "--yes", "--json")[1]) == {
        "phone_number": ANN,
        "name": "Ann",
        "opted_out": True,
        "segments": ["night"],
        "freed": [{"shift_id": "A1", "shift_info": "", "starts_at": None, "place": "waiting"}],
    }


def test_given_members_when_segments_are_listed_then_each_has_its_count(employees_cli: EmployeesCli) -> None:
    assert employees_cli.run("segments") == (DONE, "there are no segments\n", "")
    many(employees_cli, 3)
    employees_cli.put("SegmentMembers", {"segment": "day", "phone_number": ANN})
    employees_cli.put("SegmentMembers", {"segment": "role#manager", "phone_number": ANN})

    status, shown, _ = employees_cli.run("segments")

    assert (status, [line.split() for line in shown.splitlines()]) == (
        DONE,
        [["segment", "members"], ["day", "1"], ["night", "3"]],
    )
    assert json.loads(employees_cli.run("segments", "--json")[1]) == [
        {"segment": "day", "members": 1},
        {"segment": "night", "members": 3},
    ]


def test_given_a_member_when_leaving_twice_then_it_is_told_and_audited_once(
    employees_cli: EmployeesCli,
) -> None:
    employees_cli.run("add", ANN, "--segment", "night", "--segment", "day", "--segment", "bar")
    roster = employees_cli.rows("Employees")
    options = (ANN, "--segment", "night", "--segment", "bar", "--segment", "night", "--segment", "none")

    assert employees_cli.run("leave", *options) == (DONE, f"{ANN} left night, bar\n", "")
    again = f"{ANN} is no member of night, bar, none; nothing was changed\n"
    assert employees_cli.run("leave", *options)[1] == again
    assert json.loads(employees_cli.run("leave", ANN, "--segment", "day", "--json")[1]) == {
        "phone_number": ANN,
        "left": ["day"],
    }

    assert employees_cli.members() == []
    assert employees_cli.rows("Employees") == roster
    left = [one for one in employees_cli.world.audit(f"employee#{ANN}") if one["action"] == "left segments"]
    assert [one["before"] for one in left] == [{"segments": ["night", "bar"]}, {"segments": ["day"]}]


@pytest.mark.parametrize("segment", ["role#manager", "late shift", ""])
def test_given_no_segment_name_when_leaving_then_it_is_refused(
    employees_cli: EmployeesCli, segment: str
) -> None:
    status, printed, complaint = employees_cli.run("leave", ANN, "--segment", segment)
    assert (status, printed) == (WRONG_INPUT, "")
    assert "the segment" in complaint
