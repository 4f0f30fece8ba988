"""Tests how shifts are canceled."""

from typing import Any

import pytest

from shift_sms_cli.flat_commands import DONE, WRONG_INPUT
from tests.support.cli_shifts import ANN, CY, NIGHT, SINCE, TWO_HAVE_IT, meanwhile
from tests.support.operator_cli import OperatorCli


def test_given_people_when_a_shift_is_cancelled_then_it_is_told_how_many_hear_of_it(
    operator_cli: OperatorCli,
) -> None:
    offers = {CY: {"since": SINCE, "until": SINCE}}
    there = {**TWO_HAVE_IT, "offers": offers, "waiting_list": ["+14255550104"]}
    operator_cli.put("Shifts", there)

    status, printed, complaint = operator_cli.run("cancel-shift", "N1", "--yes")

    assert (status, complaint) == (DONE, "")
    assert printed == "N1 Night: 4 people will be told\nN1 cancelled; 4 people are told\n"
    assert operator_cli.rows("Shifts") == [{**there, "shift_status": "cancelled"}]


@pytest.mark.parametrize(("answer", "cancelled"), [("y", True), ("Yes ", True), ("", False), ("n", False)])
def test_given_a_question_when_answered_then_only_yes_cancels(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch, answer: str, cancelled: bool
) -> None:
    operator_cli.put("Shifts", NIGHT)
    operator_cli.put("Shifts", {**NIGHT, "shift_id": "N2", "employees": {ANN: SINCE}})
    asked: list[str] = []

    def answered(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", answered)

    status, printed, _ = operator_cli.run("cancel-shift", "N1", "N2", "N1")

    assert asked == ["cancel 2 shifts? [y/N] "]
    assert status == DONE
    assert printed.startswith("N1 Night: 0 people will be told\nN2 Night: 1 person will be told\n")
    assert printed.endswith(
        "N1 cancelled; 0 people are told\nN2 cancelled; 1 person is told\n"
        if cancelled
        else "nothing was cancelled: answer y, or give --yes, to cancel\n"
    )
    assert {row["shift_status"] for row in operator_cli.rows("Shifts")} == {
        "cancelled" if cancelled else "available"
    }


def test_given_nobody_to_answer_when_asked_then_nothing_is_cancelled(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Shifts", NIGHT)

    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)

    status, printed, _ = operator_cli.run("cancel-shift", "N1")

    assert status == DONE
    assert printed.endswith("nothing was cancelled: answer y, or give --yes, to cancel\n")
    assert operator_cli.rows("Shifts") == [NIGHT]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("XYZ12", "XYZ12 was not cancelled: there is no such shift; did you mean XYZ123 or XYZ124?"),
        ("xyz-123", "xyz-123 was not cancelled: there is no such shift; did you mean XYZ123?"),
        ("Q7", "Q7 was not cancelled: there is no such shift; show-shifts tells which there are"),
    ],
)
def test_given_an_unknown_code_when_canceled_then_reported_and_others_canceled(
    operator_cli: OperatorCli, code: str, told: str
) -> None:
    for shift_id in ("XYZ123", "XYZ124", "OTHER5"):
        operator_cli.put("Shifts", {"shift_id": shift_id, "shift_info": "x", "shift_status": "available"})

    status, printed, complaint = operator_cli.run("cancel-shift", code, "OTHER5", "--yes")

    assert status == WRONG_INPUT
    assert complaint == f"shift-sms: {told}\n"
    assert "OTHER5 cancelled" in printed
    assert [row["shift_id"] for row in operator_cli.rows("Shifts") if row["shift_status"] == "cancelled"] == [
        "OTHER5"
    ]


def test_given_a_shift_that_was_cancelled_when_cancelled_again_then_it_is_left(
    operator_cli: OperatorCli,
) -> None:
    there = {**NIGHT, "shift_status": "cancelled", "cancelled_for": {ANN: SINCE}}
    operator_cli.put("Shifts", there)

    assert operator_cli.run("cancel-shift", "N1") == (
        DONE,
        "N1 was cancelled already and is left as it is\n",
        "",
    )
    assert operator_cli.rows("Shifts") == [there]


def test_given_a_refused_shift_when_canceled_then_it_says_what_is_wrong_with_it(
    operator_cli: OperatorCli,
) -> None:
    there = {**TWO_HAVE_IT, "shift_status": "refused", "ends_at": "late"}
    operator_cli.put("Shifts", there)

    status, _, complaint = operator_cli.run("cancel-shift", "N1", "--yes")

    assert status == WRONG_INPUT
    assert complaint == (
        "shift-sms: N1 was not cancelled: ends_at is 'late': write a time like 2026-08-15T22:00:00+02:00; mend that"
        " first\n"
    )
    assert operator_cli.rows("Shifts") == [there]


def test_given_a_shift_that_began_when_cancelled_then_that_is_said_before(operator_cli: OperatorCli) -> None:
    operator_cli.put("Shifts", {**NIGHT, "starts_at": "2026-08-15T22:00Z"})

    _, printed, _ = operator_cli.run("cancel-shift", "N1", "--yes")

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
    operator_cli: OperatorCli,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any] | None,
    printed: str,
    complaint: str,
) -> None:
    operator_cli.put("Shifts", NIGHT)
    key = {"shift_id": "N1"}
    if change is None:
        meanwhile(monkeypatch, "cancel", lambda: operator_cli.take_away("Shifts", key))
    else:
        meanwhile(monkeypatch, "cancel", lambda: operator_cli.change("Shifts", key, **change))

    status, told, complained = operator_cli.run("cancel-shift", "N1", "--yes")

    assert status == (WRONG_INPUT if complaint else DONE)
    assert told == f"N1 Night: 0 people will be told\n{printed}"
    assert complained == complaint


def test_given_an_answer_that_is_lost_when_cancelled_then_it_counts_as_cancelled(
    operator_cli: OperatorCli,
) -> None:
    operator_cli.put("Shifts", NIGHT)
    operator_cli.lose_answer("UpdateItem")

    status, printed, _ = operator_cli.run("cancel-shift", "N1", "--yes")

    assert status == DONE
    assert printed.endswith("N1 is cancelled: by this command, or by somebody else in this moment\n")
