"""The operator's command line: what is good is loaded, what is not is told with its line, and nothing is lost twice."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from shift_sms_cli.__main__ import AWS_FAILED, DONE, WRONG_INPUT, main

KEYS = {
    "Employees": ("phone_number",),
    "SegmentMembers": ("segment", "phone_number"),
    "Shifts": ("shift_id",),
    "Campaigns": ("campaign_id",),
}
TABLES = {
    "load-employees": ("--table", "Employees", "--segment-table", "SegmentMembers"),
    "load-shifts": ("--table", "Shifts"),
    "put-campaign": ("--table", "Campaigns"),
}


class Desk:
    """An operator at work: files, commands, what they print, and the tables afterwards."""

    def __init__(self, folder: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._session = session
        self._capsys = capsys
        self._dynamodb = session.resource("dynamodb")
        for table, keys in KEYS.items():
            self._dynamodb.create_table(
                TableName=table,
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind}
                    for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                BillingMode="PAY_PER_REQUEST",
            )

    def file(self, content: str | bytes) -> str:
        """Save a spreadsheet and return its path."""
        path = self._folder / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run(self, command: str, *arguments: str, tables: Sequence[str] | None = None) -> tuple[int, str, str]:
        """Type a command; returns its status, what it printed, and what it complained of."""
        named = TABLES[command] if tables is None else tables
        status = main([command, *arguments, *named], session=self._session)
        return status, *self._capsys.readouterr()

    def put(self, table: str, item: Mapping[str, str]) -> None:
        """Write a row as somebody else would."""
        self._dynamodb.Table(table).put_item(Item=dict(item))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows, ordered by key."""
        items = self._dynamodb.Table(table).scan()["Items"]
        return sorted(items, key=lambda item: [str(item[key]) for key in KEYS[table]])


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


@pytest.fixture
def desk(tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with mock_aws():
        yield Desk(tmp_path, session, capsys)


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
    assert desk.rows("SegmentMembers") == [
        {"segment": "overtime", "phone_number": "+14255550101"},
        {"segment": "overtime", "phone_number": "+14255550102"},
    ]


def test_given_more_employees_than_one_request_takes_when_loaded_then_all_are_there(desk: Desk) -> None:
    numbers = [f"+1425555{number:04}" for number in range(100, 260)]

    status, _, _ = desk.run(
        "load-employees", desk.file("phone_number\n" + "\n".join(numbers)), "--segment", "night"
    )

    assert status == DONE
    assert [row["phone_number"] for row in desk.rows("Employees")] == numbers
    assert {row["segment"] for row in desk.rows("SegmentMembers")} == {"night"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("425 555 0101,Ann", "'425 555 0101' is no phone number"),
        ("1.42556E+10,Ann", "like +14255550101"),
        ("+1425555,Ann", "too long or too short"),
        (",Ann", "'' is no phone number"),
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
        ("", "the first line is empty; it must be like phone_number,name,language"),
        ("name\nAnn\n", "there is no column phone_number; the first line must be like"),
        ("phone_number;name\n+14255550101;Ann\n", "not separated by commas"),
        (
            "phone_number,nmae\n+14255550101,Ann\n",
            "the column nmae is unknown; known are phone_number,name,language",
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
        ("STOP,night,", "nobody could book the shift_id 'STOP' by text"),
        ("request,night,", "nobody could book"),
        ("A 2,night,", "nobody could book"),
        ("(A2),night,", "nobody could book"),
        (",night,", "nobody could book the shift_id ''"),
        ("A2,,", "A2 has no shift_info"),
        ("A2,night,free", "the shift_status 'free' must be available or taken, or left out"),
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


def test_given_a_message_when_the_campaign_is_put_then_its_cost_is_told(desk: Desk) -> None:
    status, printed, _ = desk.run("put-campaign", "august", "Shifts: XYZ123", "--segment", "night")

    assert status == DONE
    assert printed.startswith("campaign august started; with how to answer, each text has at most ")
    assert printed.endswith(" GSM characters and costs 1 segment(s)\n")
    assert desk.rows("Campaigns") == [
        {"campaign_id": "august", "campaign_message": "Shifts: XYZ123", "segment": "night"}
    ]


def test_given_a_campaign_when_another_has_its_id_then_it_is_refused(desk: Desk) -> None:
    desk.run("put-campaign", "august", "Shifts: XYZ123")

    status, _, complaint = desk.run("put-campaign", "august", "Shifts: XYZ124")

    assert status == WRONG_INPUT
    assert "the campaign august exists already and texts nobody again" in complaint
    assert desk.rows("Campaigns") == [{"campaign_id": "august", "campaign_message": "Shifts: XYZ123"}]


def test_given_a_message_that_is_too_long_when_the_campaign_is_put_then_nothing_is_written(
    desk: Desk,
) -> None:
    status, _, complaint = desk.run("put-campaign", "august", "x" * 1530)

    assert status == WRONG_INPUT
    assert "too long" in complaint
    assert desk.rows("Campaigns") == []


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
