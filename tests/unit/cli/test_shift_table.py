"""Tests writes to shifts that others change at the same time."""

import pytest

from shift_sms_cli.flat_commands import AWS_FAILED, DONE, WRONG_INPUT
from tests.support.cli_shifts import ANN, NIGHT, NIGHT_ROW, SINCE, load_rows, meanwhile
from tests.support.operator_cli import OperatorCli


def test_given_a_booking_in_between_when_details_are_written_then_neither_is_lost(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Shifts", NIGHT)
    meanwhile(
        monkeypatch,
        "change",
        lambda: operator_cli.change("Shifts", {"shift_id": "N1"}, employees={ANN: SINCE}),
    )

    status, printed, _ = load_rows(operator_cli, "N1,Late,,,,,,,")

    assert status == DONE
    assert "changed N1: shift_info; 1 person has it already and will not be told by us" in printed
    assert operator_cli.rows("Shifts") == [{**NIGHT, "shift_info": "Late", "employees": {ANN: SINCE}}]


def test_given_seats_booked_in_between_when_reduced_then_nobody_loses_theirs(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Shifts", NIGHT)
    meanwhile(
        monkeypatch,
        "change",
        lambda: operator_cli.change("Shifts", {"shift_id": "N1"}, employees={ANN: SINCE}),
    )

    status, _, complaint = load_rows(operator_cli, "N1,Night,,,,,,,1")

    assert status == WRONG_INPUT
    assert "1 person has or is offered a seat of N1" in complaint
    assert operator_cli.rows("Shifts") == [{**NIGHT, "employees": {ANN: SINCE}}]


def test_given_a_shift_deleted_in_between_when_details_are_written_then_created(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Shifts", {**NIGHT, "shift_info": "Late"})
    meanwhile(monkeypatch, "change", lambda: operator_cli.take_away("Shifts", {"shift_id": "N1"}))

    assert load_rows(operator_cli, NIGHT_ROW) == (DONE, "1 shift loaded\n", "")
    assert operator_cli.rows("Shifts") == [NIGHT]


def test_given_a_shift_that_keeps_changing_when_written_then_the_next_is_loaded(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Shifts", NIGHT)
    changes = [
        lambda count=count: operator_cli.change("Shifts", {"shift_id": "N1"}, employees={ANN: str(count)})
        for count in range(20)
    ]
    meanwhile(monkeypatch, "change", *changes)

    status, printed, complaint = load_rows(operator_cli, "N1,Late,,,,,,,", "D1,Day,,,,,,,")

    assert (status, printed) == (WRONG_INPUT, "1 shift loaded\n")
    assert "line 2: not loaded: others keep changing N1 at the same time; load the file again" in complaint


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem"])
def test_given_a_booking_under_way_when_a_row_is_written_then_it_waits_for_its_end(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("shift_sms_cli.writes.time.sleep", pauses.append)
    operator_cli.put("Shifts", {**NIGHT, "shift_info": "Late"})

    with operator_cli.conflict(operation, times=3):
        status, printed, _ = load_rows(operator_cli, NIGHT_ROW)

    assert (status, printed) == (DONE, "0 shifts loaded\nchanged N1: shift_info\n")
    assert pauses == [0.05, 0.1, 0.2]


def test_given_a_booking_that_does_not_end_when_a_row_is_written_then_aws_is_quoted(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shift_sms_cli.writes.time.sleep", lambda _: None)

    with operator_cli.conflict("PutItem", times=99):
        status, _, complaint = load_rows(operator_cli, NIGHT_ROW)

    assert status == AWS_FAILED
    assert "TransactionConflictException" in complaint


def test_given_a_lost_response_when_loaded_then_the_shift_is_as_in_the_file(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.lose_answer("PutItem")

    status, _, complaint = load_rows(operator_cli, NIGHT_ROW)

    assert (status, complaint) == (DONE, "")
    assert operator_cli.rows("Shifts") == [NIGHT]


def test_given_shifts_when_written_then_employees_find_them_at_once(operator_cli: OperatorCli) -> None:
    load_rows(operator_cli, NIGHT_ROW, "early-7,Day,,,,,,,")
    night = {"listed_role": "bar", "listed_at": "2099-08-15T20:00:00Z#Harbour#N1"}
    assert operator_cli.index_keys() == {
        "N1": {**night, "code_initial": "n", "code": "n1"},
        "early-7": {
            "listed_role": "-",
            "listed_at": "9999##early-7",
            "code_initial": "e",
            "code": "early7",
        },
    }

    load_rows(operator_cli, "N1,,,,,,Airport,chef,")
    operator_cli.run("cancel-shift", "early-7", "--yes")

    moved = {"listed_role": "chef", "listed_at": "2099-08-15T20:00:00Z#Airport#N1"}
    assert operator_cli.index_keys() == {
        "N1": {**moved, "code_initial": "n", "code": "n1"},
        "early-7": {},
    }
