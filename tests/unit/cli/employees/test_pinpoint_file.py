"""Tests which files of Amazon Pinpoint can be read."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shift_sms_cli.app import DONE, WRONG_INPUT
from shift_sms_operator.csv_records import Problem
from shift_sms_operator.employees.pinpoint.endpoints import Endpoints
from tests.support.employees_cli import EmployeesCli
from tests.support.pinpoint_files import ANN, BOB, lines

CSV = (
    "ChannelType,Address,Location.Country,Demographic.Locale,User.UserId,"
    "User.UserAttributes.FirstName,User.UserAttributes.LastName,Attributes.Team,Attributes.Team\n"
    "SMS,+14255550101,US,en_US,user-1,Ann,Lee,Night,Bar\n"
    'SMS,2065550182,CAN,,user-2,,"O""Hara, Jr.",,\n'
    "EMAIL,ann@example.com,US,,user-1,,,,\n"
)


JSON = lines(
    ANN,
    {
        "ChannelType": "SMS",
        "Address": "2065550182",
        "Location": {"Country": "CAN"},
        "User": {"UserAttributes": {"LastName": ['O"Hara, Jr.']}},
    },
    {"ChannelType": "EMAIL", "Address": "ann@example.com"},
)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["unpacked", "gzip"])
@pytest.mark.parametrize("content", [CSV, JSON, CSV.replace("\n", "\r\n"), JSON.replace("\n", "\n\n")])
def test_given_a_pinpoint_file_when_loaded_twice_then_its_people_are_employees_once(
    employees_cli: EmployeesCli, content: str, pack: Any, mark: bytes
) -> None:
    path = employees_cli.file(pack(mark + content.encode()))

    for _ in range(2):
        assert employees_cli.run("import-pinpoint", path, "--segment", "night") == (
            DONE,
            "2 employees loaded\n1 endpoint of other channels skipped: EMAIL 1\n",
            "",
        )

    assert employees_cli.rows("Employees") == [
        {"phone_number": "+12065550182", "name": 'O"Hara, Jr.'},
        {"phone_number": "+14255550101", "name": "Ann Lee", "language": "en"},
    ]
    assert [(row["segment"], row["phone_number"]) for row in employees_cli.rows("SegmentMembers")] == [
        ("night", "+12065550182"),
        ("night", "+14255550101"),
    ]


def test_given_the_posts_file_when_loaded_then_its_endpoint_is_in_the_segment(
    employees_cli: EmployeesCli,
) -> None:
    path = employees_cli.file("Id,ChannelType,Address,OptOut\n1,SMS,+14255550101,NONE\n")

    assert employees_cli.run("import-pinpoint", path)[:2] == (
        DONE,
        "1 employee loaded\n",
    )


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (
            "SMS,+14255550103,Cy,Cruz",
            "4 values for 3 columns; put a value that has a separator into double quotes",
        ),
        ('SMS,+14255550103,"Cy', "it is no CSV: unexpected end of data; is a quote left open?"),
        ('SMS,+14255550103,"Cy" Cruz', "it is no CSV: "),
        (",+14255550103,Cy", "there is no ChannelType"),
        ("SMS,,Cy", "there is no Address"),
        ("SMS", "there is no Address"),
        ("TEXT,+14255550103,Cy", "the ChannelType 'TEXT' is unknown"),
        ("SMS,1.42556E+10,Cy", "the Address '1.42556E+10' is no phone number"),
    ],
)
def test_given_a_bad_row_of_csv_when_loaded_then_only_it_is_refused(
    employees_cli: EmployeesCli, bad: str, told: str
) -> None:
    path = employees_cli.file(
        f'ChannelType,Address,Attributes.Name\nSMS,+14255550101,"Ann"\n{bad}\n,,\nSMS,+14255550104,"Di"\n'
    )

    status, _, complaint = employees_cli.run("import-pinpoint", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"shift-sms: {path}, line 3: not loaded: ")
    assert told in complaint
    assert complaint.count("\n") == 1
    assert [(row["phone_number"][-1], row["name"]) for row in employees_cli.rows("Employees")] == [
        ("1", "Ann"),
        ("4", "Di"),
    ]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
@pytest.mark.parametrize(
    "content",
    [
        "ChannelType,Address,Attributes.Name\nSMS,+14255550101,Ann\nSMS,+14255550103,Jos\u00e9\nSMS,+14255550104,\n",
        lines({}, ANN, {**BOB, "Address": "+14255550104"}).replace("{}\n", "")
        + '{"ChannelType":"SMS","Address":"+14255550103","Attributes":{"Name":["Jos\u00e9"]}}\n',
    ],
    ids=["csv", "json"],
)
def test_given_a_line_that_is_not_utf_8_when_loaded_then_only_it_is_refused(
    employees_cli: EmployeesCli, content: str, encoding: str
) -> None:
    path = employees_cli.file(content.encode(encoding))

    status, _, complaint = employees_cli.run("import-pinpoint", path)

    if encoding == "utf-8":
        assert (status, complaint) == (DONE, "")
        assert len(employees_cli.numbers()) == 3
    else:
        assert status == WRONG_INPUT
        assert f"{path}, line 3: not loaded: it is not in UTF-8; save the file again" in complaint
        assert employees_cli.numbers() == ["+14255550101", "+14255550104"]


def test_given_a_line_without_end_when_loaded_then_it_is_never_held_in_memory(
    employees_cli: EmployeesCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shift_sms_operator.employees.pinpoint.endpoint_file._LONGEST_LINE", 1_000)
    path = employees_cli.file(lines(ANN, "x" * 10_500, BOB))

    _, printed, complaint = employees_cli.run("import-pinpoint", path)

    assert f"{path}, line 2: not loaded: it is longer than 1000 characters; no endpoint is" in complaint
    assert printed.startswith("2 employees loaded")


def test_given_a_truncated_file_when_loaded_then_it_loads_the_rest_but_no_segment(
    employees_cli: EmployeesCli,
) -> None:
    many = lines(
        *({**BOB, "Address": f"+1425555{number:04}", "Id": f"{number * 7919:x}"} for number in range(200))
    )
    path = employees_cli.file(gzip.compress(many.encode())[:-600])

    status, printed, complaint = employees_cli.run("import-pinpoint", path)

    loaded = len(employees_cli.numbers())
    assert status == WRONG_INPUT
    assert printed == f"{loaded} employees loaded\n"
    assert "what cannot be read may say that some of these employees have opted out" in complaint
    assert employees_cli.rows("SegmentMembers") == []
    assert f"line {loaded + 1}: not loaded: nothing from here on can be read" in complaint
    assert "is the file cut off?" in complaint
    assert 50 < loaded < 200


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf\n \n", "it is empty"),
        (gzip.compress(b""), "it is empty"),
        (gzip.compress(lines(ANN).encode())[:20], "line 1: nothing from here on can be read"),
        (
            json.dumps([ANN, BOB]).encode(),
            "no endpoint is on a line of its own; with jq, `jq -c .[]` makes lines",
        ),
        (json.dumps(ANN, indent=2).encode(), "no endpoint is on a line of its own"),
        (CSV.encode("utf-16"), "it is in UTF-16; save it again in UTF-8"),
        (b"User.UserId\nuser-1\n", "there is no column ChannelType and no column Address in its first line"),
        (
            b"phone_number,name\n+14255550101,Ann\n",
            "a file of Amazon Pinpoint begins like ChannelType,Address",
        ),
        (b"Address\n+14255550101\n", "there is no column ChannelType in its first line"),
        (b"ChannelType;Address\nSMS;+14255550101\n", "the columns are not separated by commas"),
        (b"ChannelType,Address,Address\nSMS,+14255550101,\n", "the column Address is there twice"),
    ],
    # Packed bytes hold the time: as names they would differ from one worker to the next.
    ids=[
        "empty",
        "blank lines",
        "packed nothing",
        "cut off",
        "a list",
        "indented",
        "UTF-16",
        "no address",
        "a roster",
        "no channel",
        "semicolons",
        "a column twice",
    ],
)
def test_given_no_pinpoint_file_when_loaded_then_nothing_is_written(
    employees_cli: EmployeesCli, content: bytes, told: str
) -> None:
    path = employees_cli.file(content)

    status, printed, complaint = employees_cli.run("import-pinpoint", path)

    assert (status, printed) == (WRONG_INPUT, "")
    assert complaint.startswith(f"shift-sms: {path}: ")
    assert told in complaint
    assert employees_cli.rows("Employees") == []


def test_given_no_file_when_loaded_then_it_is_told_where_it_was_looked_for(
    employees_cli: EmployeesCli, tmp_path: Path
) -> None:
    _, _, complaint = employees_cli.run("import-pinpoint", str(tmp_path / "none.gz"))

    assert f"there is no such file; looked for {tmp_path / 'none.gz'}" in complaint


def test_given_a_large_file_when_read_then_memory_holds_its_numbers_only(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    endpoint = {**BOB, "Attributes": {"Notes": ["x" * 2_000]}}
    with path.open("w") as file:
        file.writelines(lines({**endpoint, "Address": f"+1425{2_000_000 + n}"}) for n in range(4_000))
    problems: list[Problem] = []
    endpoints = Endpoints(path, problems.append)

    def peak(people: Iterator[object]) -> int:
        tracemalloc.start()
        count = sum(1 for _ in people)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == 4_000
        return most

    assert peak(endpoints.employees()) < path.stat().st_size / 4
    assert problems == []
