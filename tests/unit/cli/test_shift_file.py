"""Tests how shifts are loaded."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shift_sms_cli.flat_commands import DONE, WRONG_INPUT
from tests.support.cli_shifts import ANN, BOB, COLUMNS, CY, NIGHT, NIGHT_ROW, SINCE, TWO_HAVE_IT, load_rows
from tests.support.operator_cli import OperatorCli


def test_given_every_column_when_loaded_twice_then_the_rows_are_those_of_once(
    operator_cli: OperatorCli,
) -> None:
    assert load_rows(operator_cli, NIGHT_ROW, "D1,Day,,,,,,,") == (DONE, "2 shifts loaded\n", "")
    assert load_rows(operator_cli, NIGHT_ROW, "D1,Day,,,,,,,") == (
        DONE,
        "0 shifts loaded\nleft as found, because already there: N1, D1\n",
        "",
    )

    assert operator_cli.rows("Shifts") == [
        {"shift_id": "D1", "shift_info": "Day", "shift_status": "available"},
        NIGHT,
    ]


def test_given_a_start_when_there_is_no_info_then_people_read_when_and_where_it_is(
    operator_cli: OperatorCli,
) -> None:
    row = "N1,,2099-08-15T22:00+02:00,2099-08-16T06:00+02:00,,Europe/Berlin,Harbour,bar,"

    _, printed, _ = load_rows(operator_cli, row, options=("--dry-run",))

    assert printed.splitlines()[1].endswith("Booked: N1 Sat 15 Aug 22:00-06:00 bar Harbour")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "A2,Day,15/08/2026 22:00,,,,,,",
            "A2: starts_at is '15/08/2026 22:00': write a time like 2026-08-15T22:00:00+02:00",
        ),
        ("A2,Day,2026-08-15,,,,,,", "A2: starts_at is '2026-08-15': write a time like"),
        (
            "A2,Day,2026-08-15T22:00,2026-08-15T06:00,,,,,",
            "A2: ends_at is '2026-08-15T06:00': write a time after starts_at, '2026-08-15T22:00'",
        ),
        ("A2,Day,,2026-08-15T06:00,,,,,", "A2: ends_at needs starts_at: add starts_at, or remove ends_at"),
        ("A2,,,,,,,,2", "A2 has no shift_info and no starts_at; say when it is, like 15/08 5h nightshift"),
        ("A2,Day,,,soon,,,,", "A2: respond_by is 'soon': write a time"),
        ("A2,Day,,,,Berlin,,,", "A2: timezone is 'Berlin': write a name like Europe/Berlin"),
        ("A2,Day,,,,,,,0", "A2: seats is '0': write a whole number from 1 to 500"),
        (
            "A2,Day,x,,,,,,2.0",
            "A2: seats is '2.0': write a whole number from 1 to 500; starts_at is 'x': write",
        ),
        ("A2,Day,,,,,,bar;kitchen,", "the role 'bar;kitchen' is several; a shift has one"),
        (
            "STOP,Day,,,,,,,",
            "STOP: shift_id is STOP, which is a command or a carrier keyword: choose another",
        ),
        ("request,Day,,,,,,,", "request: shift_id is REQUEST, which is a command or a carrier keyword"),
        ("lista,Day,,,,,,,", "lista: shift_id is LISTA, which is a command or a carrier keyword"),
        ("END-5,Day,,,,,,,", "nobody could book the shift_id 'END-5' by text: carriers take what begins"),
        ("a-1,Day,,,,,,,", "nobody could tell a-1 from A1 on line 2, which is loaded; give it another code"),
        ("A1,Night,,,,,,,", "A1 is on line 2 already, which is loaded; remove one of the two"),
        (
            f"A2,{'x' * 1530},,,,,,,",
            "the text that A2 is booked would have 1541 GSM characters, at most 1530",
        ),
    ],
)
def test_given_a_bad_row_when_loaded_then_it_says_what_is_right_and_loads_the_rest(
    operator_cli: OperatorCli, row: str, told: str
) -> None:
    status, printed, complaint = load_rows(operator_cli, "A1,Day,,,,,,,", row)

    assert (status, printed) == (WRONG_INPUT, "1 shift loaded\n")
    assert "line 3: not loaded: " in complaint
    assert told in complaint
    assert [row["shift_id"] for row in operator_cli.rows("Shifts")] == ["A1"]


def test_given_several_seats_when_a_file_says_taken_then_it_says_by_whom_is_unknown(
    operator_cli: OperatorCli,
) -> None:
    status, _, complaint = operator_cli.run(
        "load-shifts",
        operator_cli.file("shift_id,shift_info,seats,shift_status\nA1,Day,2,taken\nA2,Day,1,taken\n"),
    )

    assert status == WRONG_INPUT
    assert "A1 has 2 seats, and the shift_status taken does not say whose they are; leave it out" in complaint
    assert [row["shift_status"] for row in operator_cli.rows("Shifts")] == ["taken"]


@pytest.mark.parametrize("status", ["taken", "closed", "cancelled", "refused", "on hold"])
def test_given_a_shift_of_any_status_when_loaded_again_then_status_and_people_stay(
    operator_cli: OperatorCli, status: str
) -> None:
    there = {**TWO_HAVE_IT, "shift_status": status}
    operator_cli.put("Shifts", there)

    ended, printed, _ = load_rows(operator_cli, NIGHT_ROW)

    assert ended == DONE
    assert "left as found, because already there: N1\n" in printed
    assert ("cancelled before, and still are: N1" in printed) == (status == "cancelled")
    assert operator_cli.rows("Shifts") == [there]


def test_given_other_details_when_loaded_again_then_it_says_who_does_not_know(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Shifts", {**TWO_HAVE_IT, "badge": "17"})

    status, printed, _ = load_rows(operator_cli, "N1,,2099-08-15T23:00,,,,,kitchen,4")

    assert status == DONE
    assert printed == (
        "0 shifts loaded\nchanged N1: starts_at, role, seats; 2 people have it already and will not be told by us\n"
    )
    assert operator_cli.rows("Shifts") == [
        {
            **TWO_HAVE_IT,
            "starts_at": "2099-08-15T23:00",
            "role": "kitchen",
            "seats": Decimal(4),
            "badge": "17",
        }
    ]


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("shift_id,seats\nN1,4\n", {"seats": Decimal(4)}),
        (
            "shift_id,ends_at,site\nN1,2099-08-16T07:00,Port\n",
            {"ends_at": "2099-08-16T07:00", "site": "Port"},
        ),
    ],
)
def test_given_only_what_changes_when_loaded_then_the_shift_that_is_there_has_it(
    operator_cli: OperatorCli, file: str, changed: dict[str, Any]
) -> None:
    operator_cli.put("Shifts", NIGHT)

    status, printed, complaint = operator_cli.run("load-shifts", operator_cli.file(file))

    assert (status, complaint) == (DONE, "")
    assert f"changed N1: {', '.join(changed)}" in printed
    assert operator_cli.rows("Shifts") == [{**NIGHT, **changed}]


def test_given_only_changes_when_the_shift_is_absent_then_it_says_what_is_needed(
    operator_cli: OperatorCli,
) -> None:
    status, printed, complaint = operator_cli.run("load-shifts", operator_cli.file("shift_id,seats\nN1,4\n"))

    assert (status, printed) == (WRONG_INPUT, "0 shifts loaded\n")
    assert "line 2: not loaded: N1 has no shift_info and no starts_at; say when it is" in complaint
    assert operator_cli.rows("Shifts") == []


@pytest.mark.parametrize("code", ["xyz126", "XYZ-126"])
def test_given_a_code_too_similar_to_another_when_loaded_then_only_others_are(
    operator_cli: OperatorCli, code: str
) -> None:
    there = {"shift_id": "XYZ126", "shift_info": "Day", "shift_status": "closed"}
    operator_cli.put("Shifts", there)

    status, printed, complaint = load_rows(operator_cli, f"{code},Night,,,,,,,", "A1,Day,,,,,,,")

    assert (status, printed) == (WRONG_INPUT, "1 shift loaded\n")
    told = f"nobody could tell {code} from XYZ126, which is there already; give it another code"
    assert f"line 2: not loaded: {told}\n" in complaint
    assert [row["shift_id"] for row in operator_cli.rows("Shifts")] == ["A1", "XYZ126"]


def test_given_two_similar_codes_already_there_when_loaded_then_each_is_updated(
    operator_cli: OperatorCli,
) -> None:
    for code in ("XYZ126", "xyz126"):
        operator_cli.put("Shifts", {"shift_id": code, "shift_info": "Day", "shift_status": "available"})

    status, printed, _ = load_rows(operator_cli, "xyz126,Night,,,,,,,")

    assert (status, printed) == (DONE, "0 shifts loaded\nchanged xyz126: shift_info\n")


def test_given_seats_stored_as_text_when_loaded_again_then_that_is_no_change(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Shifts", {**NIGHT, "seats": "3"})

    _, printed, _ = load_rows(operator_cli, NIGHT_ROW)

    assert "left as found, because already there: N1" in printed


@pytest.mark.parametrize(
    ("there", "row", "told"),
    [
        (
            {"employees": {ANN: SINCE, BOB: SINCE}},
            "N1,,,,,,,,1",
            "seats is '1', and 2 people have or are offered a seat of N1: write 2 or more",
        ),
        # Where there is one seat, who has it is another attribute, and the others would be forgotten.
        (
            {"employees": {ANN: SINCE}},
            "N1,,,,,,,,1",
            "seats is '1', and 1 person has or is offered a seat of N1: write 2 or more",
        ),
        (
            {"offers": {ANN: {"since": SINCE, "until": SINCE}}, "employees": {BOB: SINCE, CY: SINCE}},
            "N1,,,,,,,,2",
            "seats is '2', and 3 people have or are offered a seat of N1: write 3 or more",
        ),
        (
            {},
            "N1,,2099-08-17T22:00,,,,,,",
            "with what is there of N1 already, ends_at is '2099-08-16T06:00': write a time after starts_at, '2099",
        ),
    ],
)
def test_given_a_file_that_contradicts_what_is_there_when_loaded_then_that_stays(
    operator_cli: OperatorCli, there: dict[str, Any], row: str, told: str
) -> None:
    operator_cli.put("Shifts", {**NIGHT, **there})

    status, _, complaint = operator_cli.run(
        "load-shifts", operator_cli.file(f"{COLUMNS}\n{row.replace('N1,,', 'N1,Night,', 1)}\n")
    )

    assert status == WRONG_INPUT
    assert f"line 2: not loaded: {told}" in complaint
    assert operator_cli.rows("Shifts") == [{**NIGHT, **there}]


def test_given_nobody_in_its_seats_when_there_are_to_be_fewer_then_there_are(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Shifts", NIGHT)

    status, printed, _ = load_rows(operator_cli, "N1,Night,,,,,,,1")

    assert (status, printed) == (DONE, "0 shifts loaded\nchanged N1: seats\n")
    assert operator_cli.rows("Shifts") == [{**NIGHT, "seats": Decimal(1)}]


def test_given_the_clock_when_shifts_are_loaded_then_the_future_is_not_late(
    operator_cli: OperatorCli,
) -> None:
    assert datetime.now(UTC).year < 2099
    assert load_rows(operator_cli, NIGHT_ROW)[1] == "1 shift loaded\n"


def test_given_a_taken_shift_when_its_file_is_loaded_again_then_it_stays_taken(
    operator_cli: OperatorCli,
) -> None:
    taken = {"shift_id": "A1", "shift_info": "night", "shift_status": "taken", "employee": "+14255550101"}
    operator_cli.put("Shifts", taken)

    status, printed, _ = operator_cli.run(
        "load-shifts", operator_cli.file("shift_id,shift_info\nA1,night\nA2,day\n")
    )

    assert (status, printed) == (DONE, "1 shift loaded\nleft as found, because already there: A1\n")
    assert operator_cli.rows("Shifts") == [
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
    operator_cli: OperatorCli, row: str, told: str
) -> None:
    path = operator_cli.file(f"shift_id,shift_info,shift_status\nA1,day,\n{row}\n")

    status, _, complaint = operator_cli.run("load-shifts", path)

    assert status == WRONG_INPUT
    assert f"line 3: not loaded: {told}" in complaint
    assert [row["shift_id"] for row in operator_cli.rows("Shifts")] == ["A1"]
