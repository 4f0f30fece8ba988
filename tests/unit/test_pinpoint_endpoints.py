"""Files of Amazon Pinpoint, loaded as they are: nobody who opted out is texted, and no bad line costs another."""

import gzip
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shift_sms_cli.__main__ import DONE, WRONG_INPUT
from shift_sms_cli.csv_file import Problem
from shift_sms_cli.pinpoint_endpoints import Endpoints
from tests.desk import Desk

ANN: dict[str, Any] = {
    "ChannelType": "SMS",
    "Address": "+14255550101",
    "EndpointStatus": "ACTIVE",
    "OptOut": "NONE",
    "Location": {"Country": "USA", "City": "Everett"},
    "Demographic": {"Locale": "en_US", "Platform": "ios"},
    "EffectiveDate": "2025-02-12T11:20:13.627Z",
    "Attributes": {"Team": ["Night", "Bar"]},
    "Metrics": {"shifts": 12.0},
    "User": {"UserId": "user-1", "UserAttributes": {"FirstName": ["Ann"], "LastName": ["Lee"]}},
    "ApplicationId": "0123456789abcdef0123456789abcdef",
    "Id": "endpoint/1",
    "CohortId": "48",
    "CreationDate": "2025-02-12T11:20:13.627Z",
}
"""As export jobs wrote it."""
BOB = {"ChannelType": "SMS", "Address": "+14255550102"}
OPTED_OUT = {"opted_out": True, "opt_changed_by": "pinpoint-import"}
AT_THE_END = "2026-10-30T00:00:00+00:00"


def lines(*endpoints: object) -> str:
    """Endpoints as JSON, one on each line; what is a text already stays as it is."""
    return "".join(f"{e if isinstance(e, str) else json.dumps(e)}\n" for e in endpoints)


def numbers(desk: Desk) -> list[str]:
    return [row["phone_number"] for row in desk.rows("Employees")]


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
def test_given_a_file_of_pinpoint_when_loaded_twice_then_its_people_are_on_the_roster_once(
    desk: Desk, content: str, pack: Any, mark: bytes
) -> None:
    path = desk.file(pack(mark + content.encode()))

    for _ in range(2):
        assert desk.run("load-pinpoint", path, "--segment", "night") == (
            DONE,
            "2 employees loaded, all in the segment night\n1 endpoint of other channels left out: EMAIL 1\n",
            "",
        )

    assert desk.rows("Employees") == [
        {"phone_number": "+12065550182", "name": 'O"Hara, Jr.'},
        {"phone_number": "+14255550101", "name": "Ann Lee", "language": "en"},
    ]
    assert [(row["segment"], row["phone_number"]) for row in desk.rows("SegmentMembers")] == [
        ("night", "+12065550182"),
        ("night", "+14255550101"),
    ]


def test_given_the_file_of_the_post_when_loaded_then_its_endpoint_is_in_the_default_segment(
    desk: Desk,
) -> None:
    path = desk.file("Id,ChannelType,Address,OptOut\n1,SMS,+14255550101,NONE\n")

    assert desk.run("load-pinpoint", path)[:2] == (
        DONE,
        "1 employee loaded, all in the segment overtime\n",
    )


def test_given_other_channels_and_inactive_endpoints_when_loaded_then_they_are_counted_and_left_out(
    desk: Desk,
) -> None:
    mail = {"ChannelType": "EMAIL", "Address": "ann@example.com", "OptOut": "ALL"}
    push = {"ChannelType": "APNS", "Address": "1a2b3c"}
    inactive = {**BOB, "EndpointStatus": "INACTIVE"}
    unreadable = {"ChannelType": "SMS", "Address": "none", "EndpointStatus": "INACTIVE"}

    status, printed, complaint = desk.run(
        "load-pinpoint", desk.file(lines(push, mail, inactive, mail, ANN, unreadable))
    )

    assert (status, complaint) == (DONE, "")
    assert printed == (
        "1 employee loaded, all in the segment overtime\n"
        "3 endpoints of other channels left out: EMAIL 2, APNS 1\n"
        "2 inactive endpoints left out\n"
    )
    assert numbers(desk) == ["+14255550101"]


@pytest.mark.parametrize(
    ("effective_date", "at"),
    [
        ("2025-02-12T11:20:13.627Z", "2025-02-12T11:20:13.627000+00:00"),
        ("2025-02-12T11:20:13+02:00", "2025-02-12T09:20:13+00:00"),
        ("2025-02-12T11:20:13", "2025-02-12T11:20:13+00:00"),
        ("last spring", AT_THE_END),
        ("0001-01-01T00:00:00+14:00", AT_THE_END),
        (None, AT_THE_END),
        (1739359213, AT_THE_END),
        # Nothing changed in Pinpoint after its end; a later START has to count.
        ("2099-01-01T00:00:00Z", AT_THE_END),
    ],
)
def test_given_somebody_who_opted_out_when_loaded_twice_then_they_are_on_the_roster_and_opted_out(
    desk: Desk, effective_date: object, at: str
) -> None:
    path = desk.file(lines({**BOB, "OptOut": "ALL", "EffectiveDate": effective_date}, ANN))

    for _ in range(2):
        status, printed, _ = desk.run("load-pinpoint", path)
        assert status == DONE
        assert "2 employees loaded, all in the segment overtime\n1 of them opted out" in printed

    assert desk.rows("Employees")[1] == {"phone_number": "+14255550102", **OPTED_OUT, "opt_changed_at": at}
    assert "opted_out" not in desk.rows("Employees")[0]
    assert len(desk.rows("SegmentMembers")) == 2


@pytest.mark.parametrize(
    ("on_record", "opted_out", "by"),
    [
        (
            {"opted_out": False, "opt_changed_at": "2026-11-02T08:00:00+00:00", "opt_changed_by": "in-1"},
            False,
            "in-1",
        ),
        (
            {"opted_out": True, "opt_changed_at": "2026-11-02T08:00:00+00:00", "opt_changed_by": "in-1"},
            True,
            "in-1",
        ),
        (
            {"opted_out": False, "opt_changed_at": "2024-01-01T00:00:00+00:00", "opt_changed_by": "in-1"},
            True,
            "pinpoint-import",
        ),
        ({"only_opt_out": True}, True, "pinpoint-import"),
    ],
)
def test_given_a_choice_on_record_when_an_opt_out_is_loaded_then_the_later_of_the_two_stays(
    desk: Desk, on_record: dict[str, Any], opted_out: bool, by: str
) -> None:
    desk.put("Employees", {"phone_number": "+14255550101", "badge": "17", **on_record})

    desk.run("load-pinpoint", desk.file(lines({**ANN, "OptOut": "ALL"})))

    [row] = desk.rows("Employees")
    assert (row["opted_out"], row["opt_changed_by"]) == (opted_out, by)
    assert (row["name"], row["badge"]) == ("Ann Lee", "17")
    assert "only_opt_out" not in row


def test_given_somebody_who_opted_out_here_when_loaded_as_willing_then_they_stay_opted_out(
    desk: Desk,
) -> None:
    chosen = {"opted_out": True, "opt_changed_at": "2020-01-01T00:00:00+00:00", "opt_changed_by": "in-1"}
    desk.put("Employees", {"phone_number": "+14255550102", **chosen})

    desk.run("load-pinpoint", desk.file(lines(BOB)))

    assert desk.rows("Employees") == [{"phone_number": "+14255550102", **chosen}]


OUT = {**BOB, "OptOut": "ALL", "EffectiveDate": "2025-02-12T11:20:13Z"}
OUT_BEFORE = {**OUT, "EffectiveDate": "2024-02-12T11:20:13Z"}
NAMED = {**BOB, "Attributes": {"name": ["Bob"]}}
OUT_AND_INACTIVE = {**OUT, "EndpointStatus": "INACTIVE"}


@pytest.mark.parametrize(
    "endpoints",
    [
        *itertools.permutations([BOB, NAMED, OUT]),
        *itertools.permutations([OUT_BEFORE, NAMED, OUT]),
        *itertools.permutations([BOB, NAMED, OUT_AND_INACTIVE]),
    ],
)
def test_given_a_number_several_times_when_loaded_twice_then_it_is_one_person_and_one_opt_out_is_enough(
    desk: Desk, endpoints: tuple[dict[str, Any], ...]
) -> None:
    path = desk.file(lines(*endpoints))

    for _ in range(2):
        status, printed, complaint = desk.run("load-pinpoint", path)
        assert (status, complaint) == (DONE, "")
        assert printed.startswith("1 employee loaded, all in the segment overtime\n1 of them opted out")

    assert desk.rows("Employees") == [
        {
            "phone_number": "+14255550102",
            "name": "Bob",
            **OPTED_OUT,
            "opt_changed_at": "2025-02-12T11:20:13+00:00",
        }
    ]
    assert len(desk.rows("SegmentMembers")) == 1


BOBS_ROW = {
    "phone_number": "+14255550102",
    **OPTED_OUT,
    "opt_changed_at": "2025-02-12T11:20:13+00:00",
}


@pytest.mark.parametrize("files", [*itertools.permutations([lines(OUT_AND_INACTIVE), lines(BOB, ANN)])])
def test_given_an_opt_out_in_another_file_than_its_number_when_both_are_loaded_then_it_counts(
    desk: Desk, files: tuple[str, ...]
) -> None:
    for content in files:
        assert desk.run("load-pinpoint", desk.file(content))[0] == DONE

    assert desk.rows("Employees")[1] == BOBS_ROW
    assert len(desk.rows("SegmentMembers")) == 2


def test_given_an_inactive_endpoint_that_opted_out_when_loaded_then_it_is_noted_and_approves_nobody(
    desk: Desk,
) -> None:
    path = desk.file(lines(OUT_AND_INACTIVE, OUT_AND_INACTIVE))

    for _ in range(2):
        assert desk.run("load-pinpoint", path)[1] == (
            "0 employees loaded, all in the segment overtime\n"
            "1 inactive number opted out: noted, should another file have them as active\n"
            "2 inactive endpoints left out\n"
        )

    assert desk.rows("Employees") == [{**BOBS_ROW, "only_opt_out": True}]
    assert desk.rows("SegmentMembers") == []


def test_given_a_later_choice_on_record_when_an_inactive_opt_out_is_loaded_then_the_choice_stays(
    desk: Desk,
) -> None:
    back = {**BOBS_ROW, "opted_out": False, "opt_changed_at": "2026-11-02T08:00:00+00:00"}
    desk.put("Employees", back)

    desk.run("load-pinpoint", desk.file(lines(OUT_AND_INACTIVE)))

    assert desk.rows("Employees") == [back]


def test_given_a_number_with_two_names_when_loaded_then_the_first_one_counts(desk: Desk) -> None:
    path = desk.file(lines(NAMED, {**NAMED, "Attributes": {"Name": ["Robert"]}}))

    desk.run("load-pinpoint", path)

    assert [row["name"] for row in desk.rows("Employees")] == ["Bob"]


@pytest.mark.parametrize(
    ("described", "name"),
    [
        ({"User": {"UserAttributes": {"firstname": ["Ann"], "LASTNAME": ["Lee"]}}}, "Ann Lee"),
        ({"User": {"UserAttributes": {"First_Name": ["Ann"]}}}, "Ann"),
        ({"User": {"UserAttributes": {"last name": ["Lee"]}}}, "Lee"),
        ({"Attributes": {"name": ["Ann Lee"]}}, "Ann Lee"),
        ({"Attributes": {"FullName": ["Ann Lee"]}}, "Ann Lee"),
        ({"Attributes": {"Name": ["Ann"]}, "User": {"UserAttributes": {"Name": ["Ann Lee"]}}}, "Ann Lee"),
        ({"Attributes": {"Name": ["", "Ann"]}}, "Ann"),
        ({"Attributes": {"Name": "Ann"}}, "Ann"),
        ({"Attributes": {"Name": [7]}}, None),
        ({"Attributes": {"Name": None}}, None),
        ({"Attributes": {"Nickname": ["Annie"]}, "User": None}, None),
    ],
)
def test_given_what_somebody_is_called_when_loaded_then_the_obvious_name_is_taken(
    desk: Desk, described: dict[str, Any], name: str | None
) -> None:
    desk.run("load-pinpoint", desk.file(lines({**BOB, **described})))

    assert [row.get("name") for row in desk.rows("Employees")] == [name]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en_US", "en"), ("es-419", "es"), ("DE", "de"), ("fil_PH", "fil"), ("english", None), ("", None)],
)
def test_given_a_locale_when_loaded_then_its_language_is_taken(
    desk: Desk, locale: str, language: str | None
) -> None:
    desk.run("load-pinpoint", desk.file(lines({**BOB, "Demographic": {"Locale": locale}})))

    assert [row.get("language") for row in desk.rows("Employees")] == [language]


BAD_LINES = [
    (
        '{"ChannelType":"SMS","Address":"+14255550103"',
        "it is no JSON: Expecting ',' delimiter at character 47",
    ),
    ("+14255550103", "it is no JSON: Expecting value at character 1; one line must be one whole endpoint"),
    ("[" * 100_000, "it is no endpoint, but lists within lists"),
    ("9" * 5_000, "it is no JSON: Exceeds the limit"),
    ('["SMS","+14255550103"]', "it is no JSON object; an endpoint is like {"),
    ({"Address": "+14255550103"}, "there is no ChannelType; a phone that is texted has SMS"),
    (
        {"ChannelType": "SMS"},
        "there is no Address; that of an SMS endpoint is a phone number, like +14255550101",
    ),
    ({"ChannelType": "SMS", "Address": "  "}, "there is no Address"),
    (
        {"ChannelType": "SMS", "Address": "ann@example.com"},
        "the Address 'ann@example.com' is no phone number",
    ),
    ({"ChannelType": "SMS", "Address": "+1425555"}, "the Address '+1425555' is too short for a number of +1"),
    (
        {"ChannelType": "SMS", "Address": "+142555501034567"},
        "is too long for a number of +1; write it with +",
    ),
    ({**BOB, "ChannelType": "PIGEON"}, "the ChannelType 'PIGEON' is unknown; it must be SMS, ADM, APNS,"),
    ({**BOB, "OptOut": "SOME"}, "the OptOut 'SOME' is unknown; it must be ALL or NONE"),
    (
        {**BOB, "EndpointStatus": "ASLEEP"},
        "the EndpointStatus 'ASLEEP' is unknown; it must be ACTIVE or INACTIVE",
    ),
    ({**BOB, "Address": [14255550103]}, 'Address is a list; it must be a text, like "+14255550101"'),
    ({**BOB, "Address": 14255550103}, "Address is a number; it must be a text"),
    ({**BOB, "ChannelType": True}, "ChannelType is true or false; it must be a text"),
    ({**BOB, "Attributes": "Night"}, "Attributes is a text; it must be an object"),
    ({**BOB, "Location": ["US"]}, "Location is a list; it must be an object"),
    ({**BOB, "Location": {"Country": 1}}, "Location.Country is a number; it must be a text"),
    ({**BOB, "User": {"UserAttributes": []}}, "User.UserAttributes is a list; it must be an object"),
    ({**BOB, "Demographic": {"Locale": {}}}, "Demographic.Locale is an object; it must be a text"),
]


@pytest.mark.parametrize(("bad", "told"), BAD_LINES)
def test_given_a_bad_line_of_json_when_loaded_then_it_is_told_and_its_neighbours_are_in(
    desk: Desk, bad: object, told: str
) -> None:
    path = desk.file(lines(ANN, bad, {**BOB, "Address": "+14255550104"}, ANN))

    status, printed, complaint = desk.run("load-pinpoint", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"{path}, line 2: not loaded: ")
    assert told in complaint
    assert complaint.count("\n") == 1
    assert printed == "2 employees loaded, all in the segment overtime\n"
    assert numbers(desk) == ["+14255550101", "+14255550104"]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (
            "SMS,+14255550103,Cy,Cruz",
            "4 values for 3 columns; put a value that has a comma into double quotes",
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
def test_given_a_bad_row_of_csv_when_loaded_then_it_is_told_and_its_neighbours_are_in(
    desk: Desk, bad: str, told: str
) -> None:
    path = desk.file(
        f'ChannelType,Address,Attributes.Name\nSMS,+14255550101,"Ann"\n{bad}\n,,\nSMS,+14255550104,"Di"\n'
    )

    status, _, complaint = desk.run("load-pinpoint", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"{path}, line 3: not loaded: ")
    assert told in complaint
    assert complaint.count("\n") == 1
    assert [(row["phone_number"][-1], row["name"]) for row in desk.rows("Employees")] == [
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
def test_given_a_line_that_is_not_utf_8_when_loaded_then_it_is_told_and_its_neighbours_are_in(
    desk: Desk, content: str, encoding: str
) -> None:
    path = desk.file(content.encode(encoding))

    status, _, complaint = desk.run("load-pinpoint", path)

    if encoding == "utf-8":
        assert (status, complaint) == (DONE, "")
        assert len(numbers(desk)) == 3
    else:
        assert status == WRONG_INPUT
        assert f"{path}, line 3: not loaded: it is not in UTF-8; save the file again" in complaint
        assert numbers(desk) == ["+14255550101", "+14255550104"]


def test_given_many_bad_lines_when_loaded_then_each_is_told_once_and_the_rest_is_in(desk: Desk) -> None:
    bad = [line for line, _ in BAD_LINES]
    path = desk.file(
        lines(*(line for pair in zip(bad, itertools.repeat(ANN), strict=False) for line in pair))
    )

    status, printed, complaint = desk.run("load-pinpoint", path)

    assert status == WRONG_INPUT
    assert [line.partition(": not loaded")[0] for line in complaint.splitlines()] == [
        f"{path}, line {number}" for number in range(1, 2 * len(bad), 2)
    ]
    assert printed.startswith("1 employee loaded")


def test_given_a_line_without_end_when_loaded_then_it_is_told_and_never_held_as_a_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shift_sms_cli.pinpoint_file._LONGEST_LINE", 1_000)
    path = desk.file(lines(ANN, "x" * 10_500, BOB))

    _, printed, complaint = desk.run("load-pinpoint", path)

    assert f"{path}, line 2: not loaded: it is longer than 1000 characters; no endpoint is" in complaint
    assert printed.startswith("2 employees loaded")


def test_given_a_file_that_is_cut_off_when_loaded_then_what_there_is_is_in_but_nobody_will_be_texted(
    desk: Desk,
) -> None:
    many = lines(
        *({**BOB, "Address": f"+1425555{number:04}", "Id": f"{number * 7919:x}"} for number in range(600))
    )
    path = desk.file(gzip.compress(many.encode())[:-1_000])

    status, printed, complaint = desk.run("load-pinpoint", path)

    loaded = len(numbers(desk))
    assert status == WRONG_INPUT
    assert printed == f"{loaded} employees loaded, nobody put into the segment overtime\n"
    assert "what cannot be read may say that some of these people opted out" in complaint
    assert desk.rows("SegmentMembers") == []
    assert f"line {loaded + 1}: not loaded: nothing from here on can be read" in complaint
    assert "is the file cut off?" in complaint
    assert 100 < loaded < 600


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
def test_given_no_file_of_pinpoint_when_loaded_then_it_is_told_and_nothing_is_written(
    desk: Desk, content: bytes, told: str
) -> None:
    path = desk.file(content)

    status, printed, complaint = desk.run("load-pinpoint", path)

    assert (status, printed) == (WRONG_INPUT, "")
    assert complaint.startswith(f"shift-sms: nothing was done: {path}: ")
    assert told in complaint
    assert desk.rows("Employees") == []


def test_given_no_file_when_loaded_then_it_is_told_where_it_was_looked_for(
    desk: Desk, tmp_path: Path
) -> None:
    _, _, complaint = desk.run("load-pinpoint", str(tmp_path / "none.gz"))

    assert f"there is no such file; looked for {tmp_path / 'none.gz'}" in complaint


def test_given_a_column_that_is_an_object_or_unknown_when_loaded_then_it_does_no_harm(desk: Desk) -> None:
    path = desk.file(
        "ChannelType,Address,User,User.UserId,User.UserAttributes,Metrics.shifts,Shoe.Size,\n"
        "SMS,+14255550101,x,user-1,x,12,38,x\n"
    )

    status, _, complaint = desk.run("load-pinpoint", path)

    assert (status, complaint) == (DONE, "")
    assert desk.rows("Employees") == [{"phone_number": "+14255550101"}]


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
