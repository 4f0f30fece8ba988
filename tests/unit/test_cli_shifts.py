"""Shifts on the command line: what nobody could book is told before, and whoever has a shift keeps it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shift_sms_cli.__main__ import AWS_FAILED, DONE, WRONG_INPUT
from shift_sms_cli.catalogues import catalogues, languages, vocabularies
from shift_sms_cli.shift_table import ShiftTable
from shift_sms_runtime.adapters.catalogues import catalogues as runtimes_catalogues
from shift_sms_runtime.adapters.catalogues import vocabularies as runtimes_vocabularies
from tests.desk import Desk

ANN, BOB, CY = "+14255550101", "+14255550102", "+14255550103"
SINCE = "2026-08-01T09:00:00+00:00"
COLUMNS = "shift_id,shift_info,starts_at,ends_at,respond_by,timezone,site,role,seats"
NIGHT = {
    "shift_id": "N1",
    "shift_info": "Night",
    "shift_status": "available",
    "starts_at": "2099-08-15T22:00",
    "ends_at": "2099-08-16T06:00",
    "timezone": "Europe/Berlin",
    "site": "Harbour",
    "role": "bar",
    "seats": Decimal(3),
}
NIGHT_ROW = "N1,Night,2099-08-15T22:00,2099-08-16T06:00,,Europe/Berlin,Harbour,bar,3"
TWO_HAVE_IT = {**NIGHT, "employees": {ANN: SINCE, BOB: SINCE}, "waiting_list": [CY]}
MOON = "not in the GSM alphabet, so that a segment has 70 characters instead of 160: \u263e (U+263E LAST QUARTER MOON)"


def load(desk: Desk, *rows: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
    return desk.run("load-shifts", desk.file("\n".join((COLUMNS, *rows))), *options)


def test_given_every_column_when_loaded_twice_then_the_rows_are_those_of_once(desk: Desk) -> None:
    assert load(desk, NIGHT_ROW, "D1,Day,,,,,,,") == (DONE, "2 shifts loaded\n", "")
    assert load(desk, NIGHT_ROW, "D1,Day,,,,,,,") == (
        DONE,
        "0 shifts loaded\nleft as found, because already there: N1, D1\n",
        "",
    )

    assert desk.rows("Shifts") == [
        {"shift_id": "D1", "shift_info": "Day", "shift_status": "available"},
        NIGHT,
    ]


def test_given_a_start_when_there_is_no_info_then_people_read_when_and_where_it_is(desk: Desk) -> None:
    row = "N1,,2099-08-15T22:00+02:00,2099-08-16T06:00+02:00,,Europe/Berlin,Harbour,bar,"

    _, printed, _ = load(desk, row, options=("--dry-run",))

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
        ("A2,Day,,2026-08-15T06:00,,,,,", "A2: ends_at is there without starts_at"),
        ("A2,,,,,,,,2", "A2 has no shift_info and no starts_at; say when it is, like 15/08 5h nightshift"),
        ("A2,Day,,,soon,,,,", "A2: respond_by is 'soon': write a time"),
        ("A2,Day,,,,Berlin,,,", "A2: timezone is 'Berlin': write a name like Europe/Berlin"),
        ("A2,Day,,,,,,,0", "A2: seats is '0': write a whole number from 1 to 500"),
        (
            "A2,Day,x,,,,,,2.0",
            "A2: seats is '2.0': write a whole number from 1 to 500; starts_at is 'x': write",
        ),
        ("A2,Day,,,,,,bar;kitchen,", "the role 'bar;kitchen' is several; a shift has one"),
        ("STOP,Day,,,,,,,", "STOP: shift_id is STOP, which people text for something else: choose another"),
        ("request,Day,,,,,,,", "request: shift_id is REQUEST, which people text for something else"),
        ("lista,Day,,,,,,,", "lista: shift_id is LISTA, which people text for something else"),
        ("END-5,Day,,,,,,,", "nobody could book the shift_id 'END-5' by text: carriers take what begins"),
        ("a-1,Day,,,,,,,", "nobody could tell a-1 from A1 on line 2, which is loaded; give it another code"),
        ("A1,Night,,,,,,,", "A1 is on line 2 already, which is loaded; remove one of the two"),
        (
            f"A2,{'x' * 1530},,,,,,,",
            "the text that A2 is booked would have 1541 GSM characters, at most 1530",
        ),
    ],
)
def test_given_a_bad_row_when_loaded_then_it_is_told_with_what_would_be_right_and_the_others_are_in(
    desk: Desk, row: str, told: str
) -> None:
    status, printed, complaint = load(desk, "A1,Day,,,,,,,", row)

    assert (status, printed) == (WRONG_INPUT, "1 shift loaded\n")
    assert "line 3: not loaded: " in complaint
    assert told in complaint
    assert [row["shift_id"] for row in desk.rows("Shifts")] == ["A1"]


def test_given_several_seats_when_a_file_says_taken_then_it_is_told_that_nobody_knows_by_whom(
    desk: Desk,
) -> None:
    status, _, complaint = desk.run(
        "load-shifts", desk.file("shift_id,shift_info,seats,shift_status\nA1,Day,2,taken\nA2,Day,1,taken\n")
    )

    assert status == WRONG_INPUT
    assert "A1 has 2 seats, and the shift_status taken does not say whose they are; leave it out" in complaint
    assert [row["shift_status"] for row in desk.rows("Shifts")] == ["taken"]


@pytest.mark.parametrize("status", ["taken", "closed", "cancelled", "refused", "on hold"])
def test_given_a_shift_of_any_status_when_loaded_again_then_its_status_and_people_stay(
    desk: Desk, status: str
) -> None:
    there = {**TWO_HAVE_IT, "shift_status": status}
    desk.put("Shifts", there)

    ended, printed, _ = load(desk, NIGHT_ROW)

    assert ended == DONE
    assert "left as found, because already there: N1\n" in printed
    assert ("cancelled before, and still are: N1" in printed) == (status == "cancelled")
    assert desk.rows("Shifts") == [there]


def test_given_other_details_when_loaded_again_then_they_are_on_the_row_and_it_is_told_who_does_not_know(
    desk: Desk,
) -> None:
    desk.put("Shifts", {**TWO_HAVE_IT, "badge": "17"})

    status, printed, _ = load(desk, "N1,,2099-08-15T23:00,,,,,kitchen,4")

    assert status == DONE
    assert printed == (
        "0 shifts loaded\nchanged N1: starts_at, role, seats; 2 people have it already and will not be told by us\n"
    )
    assert desk.rows("Shifts") == [
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
    desk: Desk, file: str, changed: dict[str, Any]
) -> None:
    desk.put("Shifts", NIGHT)

    status, printed, complaint = desk.run("load-shifts", desk.file(file))

    assert (status, complaint) == (DONE, "")
    assert f"changed N1: {', '.join(changed)}" in printed
    assert desk.rows("Shifts") == [{**NIGHT, **changed}]


def test_given_only_what_changes_when_the_shift_is_not_there_then_it_is_told_what_a_new_one_needs(
    desk: Desk,
) -> None:
    status, printed, complaint = desk.run("load-shifts", desk.file("shift_id,seats\nN1,4\n"))

    assert (status, printed) == (WRONG_INPUT, "0 shifts loaded\n")
    assert "line 2: not loaded: N1 has no shift_info and no starts_at; say when it is" in complaint
    assert desk.rows("Shifts") == []


@pytest.mark.parametrize("code", ["xyz126", "XYZ-126"])
def test_given_a_code_that_people_would_not_tell_from_one_that_is_there_when_loaded_then_only_the_others_are(
    desk: Desk, code: str
) -> None:
    there = {"shift_id": "XYZ126", "shift_info": "Day", "shift_status": "closed"}
    desk.put("Shifts", there)

    status, printed, complaint = load(desk, f"{code},Night,,,,,,,", "A1,Day,,,,,,,")

    assert (status, printed) == (WRONG_INPUT, "1 shift loaded\n")
    told = f"nobody could tell {code} from XYZ126, which is there already; give it another code"
    assert f"line 2: not loaded: {told}\n" in complaint
    assert [row["shift_id"] for row in desk.rows("Shifts")] == ["A1", "XYZ126"]


def test_given_two_codes_that_are_there_and_nobody_can_tell_apart_when_loaded_then_each_gets_its_details(
    desk: Desk,
) -> None:
    for code in ("XYZ126", "xyz126"):
        desk.put("Shifts", {"shift_id": code, "shift_info": "Day", "shift_status": "available"})

    status, printed, _ = load(desk, "xyz126,Night,,,,,,,")

    assert (status, printed) == (DONE, "0 shifts loaded\nchanged xyz126: shift_info\n")


def test_given_seats_typed_by_hand_as_a_text_when_loaded_again_then_that_is_no_change(desk: Desk) -> None:
    desk.put("Shifts", {**NIGHT, "seats": "3"})

    _, printed, _ = load(desk, NIGHT_ROW)

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
def test_given_what_is_there_when_the_file_does_not_go_with_it_then_it_is_told_and_stays(
    desk: Desk, there: dict[str, Any], row: str, told: str
) -> None:
    desk.put("Shifts", {**NIGHT, **there})

    status, _, complaint = desk.run(
        "load-shifts", desk.file(f"{COLUMNS}\n{row.replace('N1,,', 'N1,Night,', 1)}\n")
    )

    assert status == WRONG_INPUT
    assert f"line 2: not loaded: {told}" in complaint
    assert desk.rows("Shifts") == [{**NIGHT, **there}]


def test_given_nobody_in_its_seats_when_there_are_to_be_fewer_then_there_are(desk: Desk) -> None:
    desk.put("Shifts", NIGHT)

    status, printed, _ = load(desk, "N1,Night,,,,,,,1")

    assert (status, printed) == (DONE, "0 shifts loaded\nchanged N1: seats\n")
    assert desk.rows("Shifts") == [{**NIGHT, "seats": Decimal(1)}]


def meanwhile(monkeypatch: pytest.MonkeyPatch, method: str, *happens: Callable[[], object]) -> None:
    """Have something happen right before a table is written, each time something else."""
    as_it_is: Callable[..., object] = getattr(ShiftTable, method)
    events = list(happens)

    def later(*arguments: Any, **named: Any) -> object:
        if events:
            events.pop(0)()
        return as_it_is(*arguments, **named)

    monkeypatch.setattr(ShiftTable, method, later)


def test_given_a_booking_in_between_when_details_are_written_then_neither_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("Shifts", NIGHT)
    meanwhile(
        monkeypatch, "change", lambda: desk.change("Shifts", {"shift_id": "N1"}, employees={ANN: SINCE})
    )

    status, printed, _ = load(desk, "N1,Late,,,,,,,")

    assert status == DONE
    assert "changed N1: shift_info; 1 person has it already and will not be told by us" in printed
    assert desk.rows("Shifts") == [{**NIGHT, "shift_info": "Late", "employees": {ANN: SINCE}}]


def test_given_seats_that_are_booked_in_between_when_there_are_to_be_fewer_then_nobody_loses_theirs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("Shifts", NIGHT)
    meanwhile(
        monkeypatch, "change", lambda: desk.change("Shifts", {"shift_id": "N1"}, employees={ANN: SINCE})
    )

    status, _, complaint = load(desk, "N1,Night,,,,,,,1")

    assert status == WRONG_INPUT
    assert "1 person has or is offered a seat of N1" in complaint
    assert desk.rows("Shifts") == [{**NIGHT, "employees": {ANN: SINCE}}]


def test_given_a_shift_that_is_deleted_in_between_when_details_are_written_then_it_is_there_as_in_the_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("Shifts", {**NIGHT, "shift_info": "Late"})
    meanwhile(monkeypatch, "change", lambda: desk.take_away("Shifts", {"shift_id": "N1"}))

    assert load(desk, NIGHT_ROW) == (DONE, "1 shift loaded\n", "")
    assert desk.rows("Shifts") == [NIGHT]


def test_given_a_shift_that_never_rests_when_details_are_written_then_it_is_told_and_the_next_is_loaded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("Shifts", NIGHT)
    changes = [
        lambda count=count: desk.change("Shifts", {"shift_id": "N1"}, employees={ANN: str(count)})
        for count in range(20)
    ]
    meanwhile(monkeypatch, "change", *changes)

    status, printed, complaint = load(desk, "N1,Late,,,,,,,", "D1,Day,,,,,,,")

    assert (status, printed) == (WRONG_INPUT, "1 shift loaded\n")
    assert "line 2: not loaded: others keep changing N1 at the same time; load the file again" in complaint


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem"])
def test_given_a_booking_under_way_when_a_row_is_written_then_it_waits_for_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("shift_sms_cli.writes.time.sleep", pauses.append)
    desk.put("Shifts", {**NIGHT, "shift_info": "Late"})

    with desk.conflict(operation, times=3):
        status, printed, _ = load(desk, NIGHT_ROW)

    assert (status, printed) == (DONE, "0 shifts loaded\nchanged N1: shift_info\n")
    assert pauses == [0.05, 0.1, 0.2]


def test_given_a_booking_that_does_not_end_when_a_row_is_written_then_aws_is_quoted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shift_sms_cli.writes.time.sleep", lambda _: None)

    with desk.conflict("PutItem", times=99):
        status, _, complaint = load(desk, NIGHT_ROW)

    assert status == AWS_FAILED
    assert "TransactionConflictException" in complaint


def test_given_an_answer_that_is_lost_when_loaded_then_the_shift_is_there_as_in_the_file(desk: Desk) -> None:
    desk.lose_answer("PutItem")

    status, _, complaint = load(desk, NIGHT_ROW)

    assert (status, complaint) == (DONE, "")
    assert desk.rows("Shifts") == [NIGHT]


def test_given_a_dry_run_when_loaded_then_it_is_told_what_people_will_read_and_nothing_is_written(
    desk: Desk,
) -> None:
    status, printed, complaint = load(
        desk,
        "XYZ123,15/08 5h nightshift,,,,,,,",
        f"XYZ124,{'x' * 160},,,,,,,",
        "STOP,Day,,,,,,,",
        "XYZ125,Night \u2019til 6 \u263e,,,,,,,",
        options=("--dry-run",),
    )

    assert status == WRONG_INPUT
    assert printed.splitlines() == [
        "line  segments  characters  text",
        "2     1         34 GSM      Booked: XYZ123 15/08 5h nightshift",
        f"3     2         175 GSM     Booked: XYZ124 {'x' * 160}",
        "5     1         29 UCS-2    Booked: XYZ125 Night 'til 6 \u263e",
        f"XYZ125 is {MOON}",
        "nothing was loaded (--dry-run)",
    ]
    assert "line 4: not loaded: STOP" in complaint
    assert desk.rows("Shifts") == []


def test_given_a_row_that_only_changes_a_shift_when_loaded_dry_then_it_is_told_that_it_makes_none(
    desk: Desk,
) -> None:
    status, printed, _ = load(desk, "N1,,,,,,,,4", options=("--dry-run",))

    assert status == DONE
    assert printed.splitlines()[1] == (
        "2     -         -           fine if the shift is there already; otherwise N1 has no shift_info and"
        " no starts_at; say when it is, like 15/08 5h nightshift"
    )


def test_given_another_language_when_loaded_dry_then_the_texts_are_in_that(desk: Desk) -> None:
    _, printed, _ = load(desk, "XYZ123,Nacht,,,,,,,", options=("--dry-run", "--language", "de"))

    assert "Gebucht: XYZ123 Nacht" in printed


def test_given_a_file_with_nothing_good_when_loaded_dry_then_there_is_no_table(desk: Desk) -> None:
    status, printed, _ = load(desk, "STOP,Day,,,,,,,", options=("--dry-run",))

    assert (status, printed) == (WRONG_INPUT, "nothing was loaded (--dry-run)\n")


def test_given_dear_or_late_shifts_when_loaded_then_that_is_told_once(desk: Desk) -> None:
    rows = (f"A1,{'x' * 160},,,,,,,", "A2,Tag \u263e,,,,,,,", "A3,Day,2026-08-15T10:00,,,Europe/Berlin,,,")

    _, printed, _ = load(desk, *rows)

    assert printed.splitlines() == [
        "3 shifts loaded",
        "too late to book A3 from the start: it closed at 2026-08-15T08:00:00+00:00",
        f'"Booked: A1 {"x" * 36}..." takes 171 GSM characters, 2 segments',
        f"A2 is {MOON}",
    ]
    assert load(desk, *rows)[1] == "0 shifts loaded\nleft as found, because already there: A1, A2, A3\n"


def test_given_shifts_when_shown_then_each_is_there_with_its_seats_the_next_one_first(desk: Desk) -> None:
    desk.put(
        "Shifts",
        {
            **NIGHT,
            "employees": {ANN: SINCE},
            "waiting_list": [CY],
            "offers": {BOB: {"since": SINCE, "until": "2026-08-01T10:00:00+00:00"}},
        },
    )
    desk.put("Shifts", {"shift_id": "A1", "shift_info": "Day\nshift", "shift_status": "taken"})
    desk.put("Shifts", {"shift_id": "A2", "shift_info": "x" * 60, "shift_status": "refused", "seats": "many"})
    early = {"starts_at": "2099-08-14T10:00Z", "ends_at": "2099-08-14T18:00Z", "employee": ANN}
    desk.put("Shifts", {"shift_id": "Z9", "shift_status": "taken", **early})

    status, printed, _ = desk.run("show-shifts", "--timezone", "Europe/Berlin")

    assert status == DONE
    assert printed.splitlines() == [
        "code  details" + " " * 45 + "seats  waiting       status     problems",
        "Z9    Fri 14 Aug 12:00-20:00" + " " * 30 + "1/1    0             taken",
        "N1    Night" + " " * 47 + "1/3    1, 1 offered  available",
        "A1    Day shift" + " " * 43 + "1/1    0             taken",
        f"A2    {'x' * 47}...  0/500  0             refused    seats is 'many': write a whole number from 1 to 500",
        "4 shifts: 1 available, 1 refused, 2 taken",
    ]


def test_given_who_when_shown_then_people_have_their_names_and_otherwise_nobody_is_told(desk: Desk) -> None:
    offer = {"since": SINCE, "until": "2026-08-01T10:00:00+00:00"}
    desk.put(
        "Shifts",
        {
            **NIGHT,
            "employees": {ANN: SINCE, BOB: ""},
            "waiting_list": ["+14255550188"],
            "offers": {CY: offer},
        },
    )
    gone = {"shift_id": "Z9", "shift_info": "Day", "shift_status": "cancelled", "cancelled_for": {BOB: SINCE}}
    desk.put("Shifts", gone)
    desk.put("Employees", {"phone_number": ANN, "name": "Ann Lee"})

    _, printed, _ = desk.run("show-shifts", "--who")

    assert [line for line in printed.splitlines() if line.startswith(" ")] == [
        f"    has it: Ann Lee, {ANN}, since 2026-08-01T09:00:00+00:00",
        f"    has it: {BOB}",
        f"    is offered it: {CY}, until 2026-08-01T10:00:00+00:00",
        "    waits, 1.: +14255550188",
        f"    told that it is cancelled: {BOB}",
    ]
    assert "+1425" not in desk.run("show-shifts")[1]


def test_given_more_people_than_one_read_takes_when_shown_then_each_has_their_name(desk: Desk) -> None:
    numbers = [f"+1425555{number:04}" for number in range(100, 350)]
    for number in numbers:
        desk.put("Employees", {"phone_number": number, "name": f"No {number[-4:]}"})
    desk.put("Shifts", {**NIGHT, "seats": 500, "employees": dict.fromkeys(numbers, SINCE)})

    _, printed, _ = desk.run("show-shifts", "--who")

    assert printed.count("has it: No ") == 250


def test_given_statuses_when_shown_then_only_those_are(desk: Desk) -> None:
    for status in ("available", "taken", "closed"):
        desk.put("Shifts", {"shift_id": status.upper(), "shift_info": "x", "shift_status": status})

    assert desk.run("show-shifts", "--status", "taken")[1].endswith("1 shift: 1 taken\n")
    assert desk.run("show-shifts", "--status", "taken", "--status", "closed")[1].endswith(
        "2 shifts: 1 closed, 1 taken\n"
    )
    assert desk.run("show-shifts", "--status", "cancelled") == (
        DONE,
        "there is no shift that is cancelled\n",
        "",
    )
    desk.put("Shifts", {"shift_id": "KEPT", "shift_info": "x", "shift_status": "on-hold"})
    assert desk.run("show-shifts", "--status", "on-hold")[1].endswith("1 shift: 1 on-hold\n")


def test_given_no_shifts_when_shown_then_that_is_said(desk: Desk) -> None:
    assert desk.run("show-shifts") == (DONE, "there is no shift\n", "")


@pytest.mark.parametrize("command", ["show-shifts", "cancel-shift", "load-shifts"])
def test_given_no_time_zone_when_it_is_to_be_the_stacks_then_it_is_refused(
    desk: Desk, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.run(command, "any", "--timezone", "Berlin")

    assert ended.value.code == WRONG_INPUT
    assert "'Berlin' is no time zone; write a name like Europe/Berlin" in capsys.readouterr().err


def test_given_people_when_a_shift_is_cancelled_then_it_is_told_how_many_hear_of_it(desk: Desk) -> None:
    offers = {CY: {"since": SINCE, "until": SINCE}}
    there = {**TWO_HAVE_IT, "offers": offers, "waiting_list": ["+14255550104"]}
    desk.put("Shifts", there)

    status, printed, complaint = desk.run("cancel-shift", "N1", "--yes")

    assert (status, complaint) == (DONE, "")
    assert printed == "N1 Night: 4 people will be told\nN1 cancelled; 4 people are told\n"
    assert desk.rows("Shifts") == [{**there, "shift_status": "cancelled"}]


@pytest.mark.parametrize(("answer", "cancelled"), [("y", True), ("Yes ", True), ("", False), ("n", False)])
def test_given_a_question_when_answered_then_only_yes_cancels(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: str, cancelled: bool
) -> None:
    desk.put("Shifts", NIGHT)
    desk.put("Shifts", {**NIGHT, "shift_id": "N2", "employees": {ANN: SINCE}})
    asked: list[str] = []

    def answered(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", answered)

    status, printed, _ = desk.run("cancel-shift", "N1", "N2", "N1")

    assert asked == ["cancel 2 shifts? [y/N] "]
    assert status == DONE
    assert printed.startswith("N1 Night: 0 people will be told\nN2 Night: 1 person will be told\n")
    assert printed.endswith(
        "N1 cancelled; 0 people are told\nN2 cancelled; 1 person is told\n"
        if cancelled
        else "nothing was cancelled: answer y, or give --yes, to cancel\n"
    )
    assert {row["shift_status"] for row in desk.rows("Shifts")} == {"cancelled" if cancelled else "available"}


def test_given_nobody_to_answer_when_asked_then_nothing_is_cancelled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("Shifts", NIGHT)

    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)

    status, printed, _ = desk.run("cancel-shift", "N1")

    assert status == DONE
    assert printed.endswith("nothing was cancelled: answer y, or give --yes, to cancel\n")
    assert desk.rows("Shifts") == [NIGHT]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("XYZ12", "XYZ12 was not cancelled: there is no such shift; did you mean XYZ123 or XYZ124?"),
        ("xyz-123", "xyz-123 was not cancelled: there is no such shift; did you mean XYZ123?"),
        ("Q7", "Q7 was not cancelled: there is no such shift; show-shifts tells which there are"),
    ],
)
def test_given_a_code_that_there_is_not_when_cancelled_then_it_is_told_and_the_others_are_cancelled(
    desk: Desk, code: str, told: str
) -> None:
    for shift_id in ("XYZ123", "XYZ124", "OTHER5"):
        desk.put("Shifts", {"shift_id": shift_id, "shift_info": "x", "shift_status": "available"})

    status, printed, complaint = desk.run("cancel-shift", code, "OTHER5", "--yes")

    assert status == WRONG_INPUT
    assert complaint == f"shift-sms: {told}\n"
    assert "OTHER5 cancelled" in printed
    assert [row["shift_id"] for row in desk.rows("Shifts") if row["shift_status"] == "cancelled"] == [
        "OTHER5"
    ]


def test_given_a_shift_that_was_cancelled_when_cancelled_again_then_it_is_left(desk: Desk) -> None:
    there = {**NIGHT, "shift_status": "cancelled", "cancelled_for": {ANN: SINCE}}
    desk.put("Shifts", there)

    assert desk.run("cancel-shift", "N1") == (DONE, "N1 was cancelled already and is left as it is\n", "")
    assert desk.rows("Shifts") == [there]


def test_given_a_shift_that_is_refused_when_cancelled_then_it_is_told_what_is_wrong_with_it(
    desk: Desk,
) -> None:
    there = {**TWO_HAVE_IT, "shift_status": "refused", "ends_at": "late"}
    desk.put("Shifts", there)

    status, _, complaint = desk.run("cancel-shift", "N1", "--yes")

    assert status == WRONG_INPUT
    assert complaint == (
        "shift-sms: N1 was not cancelled: ends_at is 'late': write a time like 2026-08-15T22:00:00+02:00; mend that"
        " first\n"
    )
    assert desk.rows("Shifts") == [there]


def test_given_a_shift_that_began_when_cancelled_then_that_is_said_before(desk: Desk) -> None:
    desk.put("Shifts", {**NIGHT, "starts_at": "2026-08-15T22:00Z"})

    _, printed, _ = desk.run("cancel-shift", "N1", "--yes")

    assert printed.startswith("N1 Night: 0 people will be told, though it began at 2026-08-15T22:00:00+00:00")


@pytest.mark.parametrize(
    ("change", "printed", "complaint"),
    [
        (
            {"shift_status": "cancelled"},
            "N1 is cancelled: by this command, or by somebody else in this moment\n",
            "",
        ),
        ({"employees": {ANN: SINCE}}, "N1 cancelled; 1 person is told\n", ""),
        (None, "", "shift-sms: N1 was not cancelled: it has just been deleted\n"),
    ],
)
def test_given_a_change_in_between_when_cancelled_then_what_is_told_is_true(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any] | None,
    printed: str,
    complaint: str,
) -> None:
    desk.put("Shifts", NIGHT)
    key = {"shift_id": "N1"}
    if change is None:
        meanwhile(monkeypatch, "cancel", lambda: desk.take_away("Shifts", key))
    else:
        meanwhile(monkeypatch, "cancel", lambda: desk.change("Shifts", key, **change))

    status, told, complained = desk.run("cancel-shift", "N1", "--yes")

    assert status == (WRONG_INPUT if complaint else DONE)
    assert told == f"N1 Night: 0 people will be told\n{printed}"
    assert complained == complaint


def test_given_an_answer_that_is_lost_when_cancelled_then_it_counts_as_cancelled(desk: Desk) -> None:
    desk.put("Shifts", NIGHT)
    desk.lose_answer("UpdateItem")

    status, printed, _ = desk.run("cancel-shift", "N1", "--yes")

    assert status == DONE
    assert printed.endswith("N1 is cancelled: by this command, or by somebody else in this moment\n")


def test_given_the_catalogues_when_the_command_line_reads_them_then_they_are_those_of_the_functions() -> None:
    assert list(vocabularies()) == runtimes_vocabularies()
    for vocabulary, spoken in vocabularies().items():
        assert catalogues(vocabulary) == runtimes_catalogues(vocabulary)
        assert spoken == languages()


def test_given_the_clock_when_shifts_are_loaded_then_the_future_is_not_late(desk: Desk) -> None:
    assert datetime.now(UTC).year < 2099
    assert load(desk, NIGHT_ROW)[1] == "1 shift loaded\n"
