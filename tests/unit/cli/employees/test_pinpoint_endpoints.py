"""Tests what is read from an endpoint of Amazon Pinpoint."""

import itertools
from typing import Any

import pytest

from shift_sms_cli.app import DONE, WRONG_INPUT
from tests.support.employees_cli import EmployeesCli
from tests.support.pinpoint_files import ANN, BOB, lines


def test_given_other_channels_and_inactive_endpoints_when_loaded_then_skipped(
    employees_cli: EmployeesCli,
) -> None:
    mail = {"ChannelType": "EMAIL", "Address": "ann@example.com", "OptOut": "ALL"}
    push = {"ChannelType": "APNS", "Address": "1a2b3c"}
    inactive = {**BOB, "EndpointStatus": "INACTIVE"}
    unreadable = {"ChannelType": "SMS", "Address": "none", "EndpointStatus": "INACTIVE"}

    status, printed, complaint = employees_cli.run(
        "import-pinpoint", employees_cli.file(lines(push, mail, inactive, mail, ANN, unreadable))
    )

    assert (status, complaint) == (DONE, "")
    assert printed == (
        "1 employee loaded\n"
        "3 endpoints of other channels skipped: EMAIL 2, APNS 1\n"
        "2 inactive endpoints skipped\n"
    )
    assert employees_cli.numbers() == ["+14255550101"]


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
    employees_cli: EmployeesCli, described: dict[str, Any], name: str | None
) -> None:
    employees_cli.run("import-pinpoint", employees_cli.file(lines({**BOB, **described})))

    assert [row.get("name") for row in employees_cli.rows("Employees")] == [name]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en_US", "en"), ("es-419", "es"), ("DE", "de"), ("fil_PH", "fil"), ("english", None), ("", None)],
)
def test_given_a_locale_when_loaded_then_its_language_is_taken(
    employees_cli: EmployeesCli, locale: str, language: str | None
) -> None:
    employees_cli.run(
        "import-pinpoint", employees_cli.file(lines({**BOB, "Demographic": {"Locale": locale}}))
    )

    assert [row.get("language") for row in employees_cli.rows("Employees")] == [language]


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
def test_given_a_bad_line_of_json_when_loaded_then_only_it_is_refused(
    employees_cli: EmployeesCli, bad: object, told: str
) -> None:
    path = employees_cli.file(lines(ANN, bad, {**BOB, "Address": "+14255550104"}, ANN))

    status, printed, complaint = employees_cli.run("import-pinpoint", path)

    assert status == WRONG_INPUT
    assert complaint.startswith(f"shift-sms: {path}, line 2: not loaded: ")
    assert told in complaint
    assert complaint.count("\n") == 1
    assert printed == "2 employees loaded\n"
    assert employees_cli.numbers() == ["+14255550101", "+14255550104"]


def test_given_many_bad_lines_when_loaded_then_each_is_told_once_and_the_rest_is_in(
    employees_cli: EmployeesCli,
) -> None:
    bad = [line for line, _ in BAD_LINES]
    path = employees_cli.file(
        lines(*(line for pair in zip(bad, itertools.repeat(ANN), strict=False) for line in pair))
    )

    status, printed, complaint = employees_cli.run("import-pinpoint", path)

    assert status == WRONG_INPUT
    assert [line.partition(": not loaded")[0] for line in complaint.splitlines()] == [
        f"shift-sms: {path}, line {number}" for number in range(1, 2 * len(bad), 2)
    ]
    assert printed.startswith("1 employee loaded")


def test_given_an_object_or_unknown_column_when_loaded_then_it_is_harmless(
    employees_cli: EmployeesCli,
) -> None:
    path = employees_cli.file(
        "ChannelType,Address,User,User.UserId,User.UserAttributes,Metrics.shifts,Shoe.Size,\n"
        "SMS,+14255550101,x,user-1,x,12,38,x\n"
    )

    status, _, complaint = employees_cli.run("import-pinpoint", path)

    assert (status, complaint) == (DONE, "")
    assert employees_cli.rows("Employees") == [{"phone_number": "+14255550101"}]
