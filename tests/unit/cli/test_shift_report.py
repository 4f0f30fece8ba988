"""Tests how shifts are shown, and what a dry run tells."""

import pytest

from shift_sms_cli.flat_commands import DONE, WRONG_INPUT
from tests.support.cli_shifts import ANN, BOB, CY, MOON, NIGHT, SINCE, load_rows
from tests.support.operator_cli import OperatorCli


def test_given_a_dry_run_when_loaded_then_it_shows_the_texts_and_writes_nothing(
    operator_cli: OperatorCli,
) -> None:
    status, printed, complaint = load_rows(
        operator_cli,
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
    assert operator_cli.rows("Shifts") == []


def test_given_a_row_that_only_changes_a_shift_when_loaded_dry_then_it_creates_none(
    operator_cli: OperatorCli,
) -> None:
    status, printed, _ = load_rows(operator_cli, "N1,,,,,,,,4", options=("--dry-run",))

    assert status == DONE
    assert printed.splitlines()[1] == (
        "2     -         -           fine if the shift is there already; otherwise N1 has no shift_info and"
        " no starts_at; say when it is, like 15/08 5h nightshift"
    )


def test_given_another_language_when_loaded_dry_then_the_texts_are_in_that(operator_cli: OperatorCli) -> None:
    _, printed, _ = load_rows(operator_cli, "XYZ123,Nacht,,,,,,,", options=("--dry-run", "--language", "de"))

    assert "Gebucht: XYZ123 Nacht" in printed


def test_given_a_file_with_nothing_good_when_loaded_dry_then_there_is_no_table(
    operator_cli: OperatorCli,
) -> None:
    status, printed, _ = load_rows(operator_cli, "STOP,Day,,,,,,,", options=("--dry-run",))

    assert (status, printed) == (WRONG_INPUT, "nothing was loaded (--dry-run)\n")


def test_given_dear_or_late_shifts_when_loaded_then_that_is_told_once(operator_cli: OperatorCli) -> None:
    rows = (f"A1,{'x' * 160},,,,,,,", "A2,Tag \u263e,,,,,,,", "A3,Day,2026-08-15T10:00,,,Europe/Berlin,,,")

    _, printed, _ = load_rows(operator_cli, *rows)

    assert printed.splitlines() == [
        "3 shifts loaded",
        "too late to book A3 from the start: it closed at 2026-08-15T08:00:00+00:00",
        f'"Booked: A1 {"x" * 36}..." takes 171 GSM characters, 2 segments',
        f"A2 is {MOON}",
    ]
    assert (
        load_rows(operator_cli, *rows)[1]
        == "0 shifts loaded\nleft as found, because already there: A1, A2, A3\n"
    )


def test_given_shifts_when_shown_then_each_has_its_seats_and_the_next_comes_first(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put(
        "Shifts",
        {
            **NIGHT,
            "employees": {ANN: SINCE},
            "waiting_list": [CY],
            "offers": {BOB: {"since": SINCE, "until": "2026-08-01T10:00:00+00:00"}},
        },
    )
    operator_cli.put("Shifts", {"shift_id": "A1", "shift_info": "Day\nshift", "shift_status": "taken"})
    operator_cli.put(
        "Shifts", {"shift_id": "A2", "shift_info": "x" * 60, "shift_status": "refused", "seats": "many"}
    )
    early = {"starts_at": "2099-08-14T10:00Z", "ends_at": "2099-08-14T18:00Z", "employee": ANN}
    operator_cli.put("Shifts", {"shift_id": "Z9", "shift_status": "taken", **early})

    status, printed, _ = operator_cli.run("show-shifts", "--timezone", "Europe/Berlin")

    assert status == DONE
    assert printed.splitlines() == [
        "code  details" + " " * 45 + "seats  waiting       status     problems",
        "Z9    Fri 14 Aug 12:00-20:00" + " " * 30 + "1/1    0             taken",
        "N1    Night" + " " * 47 + "1/3    1, 1 offered  available",
        "A1    Day shift" + " " * 43 + "1/1    0             taken",
        f"A2    {'x' * 47}...  0/500  0             refused    seats is 'many': write a whole number from 1 to 500",
        "4 shifts: 1 available, 1 refused, 2 taken",
    ]


def test_given_names_requested_when_shown_then_people_have_them_and_else_nobody(
    operator_cli: OperatorCli,
) -> None:
    offer = {"since": SINCE, "until": "2026-08-01T10:00:00+00:00"}
    operator_cli.put(
        "Shifts",
        {
            **NIGHT,
            "employees": {ANN: SINCE, BOB: ""},
            "waiting_list": ["+14255550188"],
            "offers": {CY: offer},
        },
    )
    gone = {"shift_id": "Z9", "shift_info": "Day", "shift_status": "cancelled", "cancelled_for": {BOB: SINCE}}
    operator_cli.put("Shifts", gone)
    operator_cli.put("Employees", {"phone_number": ANN, "name": "Ann Lee"})

    _, printed, _ = operator_cli.run("show-shifts", "--who")

    assert [line for line in printed.splitlines() if line.startswith(" ")] == [
        f"    has it: Ann Lee, {ANN}, since 2026-08-01T09:00:00+00:00",
        f"    has it: {BOB}",
        f"    is offered it: {CY}, until 2026-08-01T10:00:00+00:00",
        "    waits, 1.: +14255550188",
        f"    told that it is cancelled: {BOB}",
    ]
    assert "+1425" not in operator_cli.run("show-shifts")[1]


def test_given_more_people_than_one_read_takes_when_shown_then_each_has_their_name(
    operator_cli: OperatorCli,
) -> None:
    numbers = [f"+1425555{number:04}" for number in range(100, 350)]
    for number in numbers:
        operator_cli.put("Employees", {"phone_number": number, "name": f"No {number[-4:]}"})
    operator_cli.put("Shifts", {**NIGHT, "seats": 500, "employees": dict.fromkeys(numbers, SINCE)})

    _, printed, _ = operator_cli.run("show-shifts", "--who")

    assert printed.count("has it: No ") == 250


def test_given_statuses_when_shown_then_only_those_are(operator_cli: OperatorCli) -> None:
    for status in ("available", "taken", "closed"):
        operator_cli.put("Shifts", {"shift_id": status.upper(), "shift_info": "x", "shift_status": status})

    assert operator_cli.run("show-shifts", "--status", "taken")[1].endswith("1 shift: 1 taken\n")
    assert operator_cli.run("show-shifts", "--status", "taken", "--status", "closed")[1].endswith(
        "2 shifts: 1 closed, 1 taken\n"
    )
    assert operator_cli.run("show-shifts", "--status", "cancelled") == (
        DONE,
        "there is no shift that is cancelled\n",
        "",
    )
    operator_cli.put("Shifts", {"shift_id": "KEPT", "shift_info": "x", "shift_status": "on-hold"})
    assert operator_cli.run("show-shifts", "--status", "on-hold")[1].endswith("1 shift: 1 on-hold\n")


def test_given_no_shifts_when_shown_then_that_is_said(operator_cli: OperatorCli) -> None:
    assert operator_cli.run("show-shifts") == (DONE, "there is no shift\n", "")


@pytest.mark.parametrize("command", ["show-shifts", "cancel-shift", "load-shifts"])
def test_given_no_time_zone_when_it_is_to_be_the_stacks_then_it_is_refused(
    operator_cli: OperatorCli, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        operator_cli.run(command, "any", "--timezone", "Berlin")

    assert ended.value.code == WRONG_INPUT
    assert "'Berlin' is no time zone; write a name like Europe/Berlin" in capsys.readouterr().err
