"""The operator's command line: what is good is loaded, what is not is told with its line, and nothing is lost twice."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from shift_sms_cli.__main__ import AWS_FAILED, DONE, WRONG_INPUT
from shift_sms_runtime.adapters.dynamodb import moment
from shift_sms_runtime.adapters.front_desk import _roles
from tests.desk import Desk


def test_given_a_roster_when_loaded_twice_then_the_rows_are_those_of_once(desk: Desk) -> None:
    path = desk.file("phone_number,name,language\n+1 (425) 555-0101,Ann,en\n+14255550102,,\n")

    for _ in range(2):
        assert desk.run("load-employees", path) == (
            DONE,
            "2 employees loaded, all in the segment overtime\n",
            "",
        )

    assert desk.rows("Employees") == [
        {"phone_number": "+14255550101", "name": "Ann", "language": "en"},
        {"phone_number": "+14255550102"},
    ]
    assert [(row["segment"], row["phone_number"]) for row in desk.rows("SegmentMembers")] == [
        ("overtime", "+14255550101"),
        ("overtime", "+14255550102"),
    ]


def test_given_members_when_loaded_then_those_who_are_new_have_the_time_and_those_who_were_there_stay_as_they_are(
    desk: Desk,
) -> None:
    there = {"segment": "overtime", "phone_number": "+14255550101", "note": "by hand"}
    desk.put("SegmentMembers", there)
    begun = moment(datetime.now(UTC))
    desk.run("load-employees", desk.file("phone_number\n+14255550101\n+14255550102\n"))
    first, second = desk.rows("SegmentMembers")
    assert first == there
    assert begun <= second["added_at"] <= moment(datetime.now(UTC))
    desk.run("load-employees", desk.file("phone_number\n+14255550101\n+14255550102\n"))
    assert desk.rows("SegmentMembers") == [first, second]


ODD = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("odd", ODD)
def test_given_a_character_that_ends_lines_elsewhere_when_in_a_name_then_it_ends_no_row_and_lines_are_told_right(
    desk: Desk, odd: str, end: str
) -> None:
    lines = [
        "phone_number,name",
        f"+14255550101,Ann{odd}Lee",
        "12,Bob",
        f'+14255550102,"Cid{end}Low"',
        "13,Eve",
    ]

    status, _, complaint = desk.run("load-employees", desk.file(end.join(lines) + end))

    assert status == WRONG_INPUT
    assert [row["name"] for row in desk.rows("Employees")] == [f"Ann{odd}Lee", f"Cid{end}Low"]
    assert "line 3: not loaded" in complaint
    assert "line 6: not loaded" in complaint


def test_given_roles_and_languages_when_loaded_twice_then_they_are_on_the_rows_and_an_empty_cell_leaves_them(
    desk: Desk,
) -> None:
    rows = "+14255550101,ES_mx,Bar; Shift  Lead ;bar;\n+14255550102,de,\n"
    path = desk.file(f"phone_number,language,roles\n{rows}")

    for _ in range(2):
        status, _, complaint = desk.run("load-employees", path)
        assert (status, complaint) == (DONE, "")
    desk.run("load-employees", desk.file("phone_number,language,roles\n+14255550101,,\n"))

    assert desk.rows("Employees") == [
        {"phone_number": "+14255550101", "language": "ES_mx", "roles": ["Bar", "Shift Lead"]},
        {"phone_number": "+14255550102", "language": "de"},
    ]


def test_given_what_is_written_as_a_role_when_the_functions_read_it_then_it_is_the_same_role(
    desk: Desk,
) -> None:
    desk.run("load-employees", desk.file("phone_number,roles\n+14255550101,Bar;Shift Lead\n"))

    [row] = desk.rows("Employees")
    assert _roles(row) == {"bar", "shift lead"}


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
def test_given_a_language_or_roles_that_nobody_would_understand_when_loaded_then_it_is_told(
    desk: Desk, cells: str, told: str
) -> None:
    path = desk.file(f"phone_number,language,roles\n+14255550101,{cells}\n+14255550102,fr,bar\n")

    status, _, complaint = desk.run("load-employees", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"{path}, line 2: not loaded: ")
    assert told in complaint
    assert [row["phone_number"] for row in desk.rows("Employees")] == ["+14255550102"]


def test_given_rows_of_others_when_a_roster_is_loaded_then_what_it_does_not_say_stays(desk: Desk) -> None:
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
    desk.put("Employees", ann)
    desk.put("Employees", stopped)
    desk.put("Employees", {**stopped, "phone_number": "+14255550103"})

    path = desk.file("phone_number,name,language\n+14255550101,,es\n+14255550102,,\n+14255550103,Cy,\n")
    desk.run("load-employees", path)

    assert desk.rows("Employees") == [
        {**ann, "language": "es"},
        {"phone_number": "+14255550102", "opted_out": True},
        {"phone_number": "+14255550103", "opted_out": True, "name": "Cy"},
    ]


def test_given_segments_in_a_cell_when_loaded_then_the_employee_is_in_each_and_the_others_in_the_default(
    desk: Desk,
) -> None:
    path = desk.file(
        "phone_number,segments\n+14255550101,night;bar-2\n+14255550102,\n+14255550103,night | day day\n"
    )

    for _ in range(2):
        status, printed, _ = desk.run("load-employees", path, "--segment", "weekend")
        assert (status, printed) == (
            DONE,
            "3 employees loaded: 1 in bar-2, 1 in day, 2 in night, 1 in weekend\n",
        )

    assert [(row["segment"], row["phone_number"][-1]) for row in desk.rows("SegmentMembers")] == [
        ("bar-2", "1"),
        ("day", "3"),
        ("night", "1"),
        ("night", "3"),
        ("weekend", "2"),
    ]


@pytest.mark.parametrize("cell", ["n\u00e4cht", "night,day", "a/b", "x" * 129])
def test_given_no_name_of_a_segment_when_loaded_then_the_row_is_told_and_the_others_are_in(
    desk: Desk, cell: str
) -> None:
    path = desk.file(f'phone_number,segments\n+14255550101,"day;{cell}"\n+14255550102,day\n')

    status, _, complaint = desk.run("load-employees", path)

    assert status == WRONG_INPUT
    assert (
        f"line 2: not loaded: the segment {cell!r} must be 1 to 128 letters, digits, or any of _ . -;"
        in complaint
    )
    assert [row["phone_number"] for row in desk.rows("Employees")] == ["+14255550102"]
    assert [row["phone_number"] for row in desk.rows("SegmentMembers")] == ["+14255550102"]


@pytest.mark.parametrize("command", ["load-employees", "load-pinpoint"])
def test_given_no_name_of_a_segment_as_the_default_when_loaded_then_it_is_refused(
    desk: Desk, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.run(command, "any.csv", "--segment", "late shift")

    assert ended.value.code == WRONG_INPUT
    assert "the segment 'late shift' must be" in capsys.readouterr().err


def test_given_more_employees_than_one_request_takes_when_loaded_then_all_are_there(desk: Desk) -> None:
    numbers = [f"+1425555{number:04}" for number in range(100, 1300)]

    status, _, _ = desk.run(
        "load-employees", desk.file("phone_number\n" + "\n".join(numbers)), "--segment", "night"
    )

    assert status == DONE
    assert [row["phone_number"] for row in desk.rows("Employees")] == numbers
    assert {row["segment"] for row in desk.rows("SegmentMembers")} == {"night"}


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
    desk: Desk, row: str, told: str
) -> None:
    path = desk.file(f"phone_number,name\n+14255550199,Eve\n\n{row}\n+14255550198,Bob\n")

    status, _, complaint = desk.run("load-employees", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"{path}, line 4: not loaded: ")
    assert told in complaint
    assert [row["phone_number"] for row in desk.rows("Employees")] == ["+14255550198", "+14255550199"]


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
    desk: Desk, content: str | bytes, told: str
) -> None:
    status, printed, complaint = desk.run("load-employees", desk.file(content))

    assert (status, printed) == (WRONG_INPUT, "")
    assert told in complaint
    assert desk.rows("Employees") == []


def test_given_no_file_when_loaded_then_it_is_told_where_it_was_looked_for(
    desk: Desk, tmp_path: Path
) -> None:
    status, _, complaint = desk.run("load-shifts", str(tmp_path / "none.csv"))

    assert status == WRONG_INPUT
    assert f"there is no such file; looked for {tmp_path / 'none.csv'}" in complaint


def test_given_a_file_as_a_spreadsheet_saves_it_when_loaded_then_it_is_understood(desk: Desk) -> None:
    content = '\ufeffShift_ID , shift_info\r\nXYZ123," 15/08, 5h nightshift "\r\n\r\n'

    assert desk.run("load-shifts", desk.file(content)) == (DONE, "1 shift loaded\n", "")
    assert desk.rows("Shifts") == [
        {"shift_id": "XYZ123", "shift_info": "15/08, 5h nightshift", "shift_status": "available"}
    ]


def test_given_a_taken_shift_when_its_file_is_loaded_again_then_it_stays_taken(desk: Desk) -> None:
    taken = {"shift_id": "A1", "shift_info": "night", "shift_status": "taken", "employee": "+14255550101"}
    desk.put("Shifts", taken)

    status, printed, _ = desk.run("load-shifts", desk.file("shift_id,shift_info\nA1,night\nA2,day\n"))

    assert (status, printed) == (DONE, "1 shift loaded\nleft as found, because already there: A1\n")
    assert desk.rows("Shifts") == [
        taken,
        {"shift_id": "A2", "shift_info": "day", "shift_status": "available"},
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "A 2,night,",
            "nobody could book the shift_id 'A 2' by text: it must be one word that begins and ends",
        ),
        ("(A2),night,", "nobody could book"),
        (",night,", "nobody could book the shift_id ''"),
        ("A2,,", "A2 has no shift_info and no starts_at; say when it is, like 15/08 5h nightshift"),
        ("A2,night,free", "the shift_status 'free' must be available or taken, or left out; cancel-shift"),
        ("A2,night,cancelled", "the shift_status 'cancelled' must be available or taken"),
        ("A1,night,", "A1 is on line 2 already"),
    ],
)
def test_given_a_bad_shift_when_loaded_then_it_is_told_and_the_others_are_in(
    desk: Desk, row: str, told: str
) -> None:
    path = desk.file(f"shift_id,shift_info,shift_status\nA1,day,\n{row}\n")

    status, _, complaint = desk.run("load-shifts", path)

    assert status == WRONG_INPUT
    assert f"line 3: not loaded: {told}" in complaint
    assert [row["shift_id"] for row in desk.rows("Shifts")] == ["A1"]


def test_given_a_table_that_is_not_there_when_loaded_then_aws_is_quoted(desk: Desk) -> None:
    path = desk.file("shift_id,shift_info\nA1,day\n")

    status, _, complaint = desk.run("load-shifts", path, tables=("--table", "Elsewhere"))

    assert status == AWS_FAILED
    assert "AWS refused" in complaint
    assert "ResourceNotFoundException" in complaint


@pytest.fixture
def stacks(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """CloudFormation's answers; moto's own would take many more packages."""
    client, make_client = session.client("cloudformation"), session.client

    def answered(service: Any, **options: Any) -> Any:
        return client if service == "cloudformation" else make_client(service, **options)

    monkeypatch.setattr(session, "client", answered)
    with Stubber(client) as answers:
        yield answers
        answers.assert_no_pending_responses()


def stack_with(**outputs: str) -> dict[str, Any]:
    told = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    stack = {"StackName": "any", "CreationTime": datetime.now(UTC), "StackStatus": "CREATE_COMPLETE"}
    return {"Stacks": [stack | {"Outputs": told}]}


def test_given_no_table_named_when_loaded_then_the_stack_of_the_environment_tells_it(
    desk: Desk, stacks: Stubber
) -> None:
    found = stack_with(CampaignsTableName="Campaigns", ShiftsTableName="Shifts")
    stacks.add_response("describe_stacks", found, {"StackName": "ShiftSms-prod"})
    path = desk.file("shift_id,shift_info\nA1,day\n")

    status, _, _ = desk.run("load-shifts", path, "--env", "prod", tables=())

    assert status == DONE
    assert [row["shift_id"] for row in desk.rows("Shifts")] == ["A1"]


def test_given_no_tables_named_when_messages_are_shown_then_the_stack_tells_them(
    desk: Desk, stacks: Stubber
) -> None:
    found = stack_with(MessagesTableName="Messages", EmployeesTableName="Employees")
    for _ in range(2):
        stacks.add_response("describe_stacks", found, {"StackName": "ShiftSms-dev"})
    desk.put("Messages", {"message_id": "m1", "message_status": "open", "received_at": "x", "words": "Hello"})

    status, printed, _ = desk.run("show-messages", tables=())

    assert status == DONE
    assert "Hello" in printed


def test_given_no_stack_when_its_table_is_needed_then_it_is_told_what_to_do(
    desk: Desk, stacks: Stubber
) -> None:
    stacks.add_client_error("describe_stacks", "ValidationError", "Stack with id ShiftSms-dev does not exist")

    status, _, complaint = desk.run("load-shifts", desk.file("shift_id,shift_info\nA1,day\n"), tables=())

    assert status == WRONG_INPUT
    assert (
        "there is no stack ShiftSms-dev in this account and region; deploy it, or name the tables"
        in complaint
    )


def test_given_a_stack_without_the_output_when_its_table_is_needed_then_it_is_told_which(
    desk: Desk, stacks: Stubber
) -> None:
    stacks.add_response("describe_stacks", stack_with(Other="x"))

    status, _, complaint = desk.run("put-campaign", "august", "Shifts: XYZ123", tables=())

    assert status == WRONG_INPUT
    assert "the stack ShiftSms-dev has no output CampaignsTableName" in complaint
