"""Tests how operators add, edit, cancel and reopen shifts, also at the same time as others."""

from typing import Any

import pytest

from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_operator.shifts.shift_changes import ShiftChanges
from shift_sms_runtime.shifts.shift_item import INDEX_ATTRIBUTES
from tests.support.operator_shifts import ANN, BOB, CY, NIGHT, NIGHT_TAKEN, NIGHT_VALUES, SINCE, meanwhile
from tests.support.operator_world import ACTOR, OperatorWorld


@pytest.fixture
def changes(operator_world: OperatorWorld) -> ShiftChanges:
    """The changes of one operator."""
    return operator_world.operator().shifts.changes


def stored(world: OperatorWorld, shift_id: str = "N1") -> dict[str, Any]:
    """Returns an item without the keys of its indexes."""
    return {
        name: value for name, value in world.row("Shifts", shift_id).items() if name not in INDEX_ATTRIBUTES
    }


def test_given_a_new_shift_when_added_then_it_is_listed_at_once_and_audited(
    operator_world: OperatorWorld, changes: ShiftChanges
) -> None:
    change = changes.add("N1", NIGHT_VALUES)

    assert change.changed
    assert change.preview is not None
    assert change.preview.text == "Booked: N1 Night (Sat 15 Aug 22:00-06:00, Harbor)"
    assert stored(operator_world) == NIGHT
    row = operator_world.row("Shifts", "N1")
    assert (row["listed_role"], row["code"], row["start_position"]) == (
        "bar",
        "n1",
        "2099-08-15T20:00:00Z#N1",
    )
    (record,) = operator_world.audit("shift#N1")
    assert (record["actor"], record["action"], record["before"]) == (ACTOR, "added", {})
    assert record["after"] == NIGHT


def test_given_a_shift_when_added_twice_then_it_stays_and_is_audited_once(
    operator_world: OperatorWorld, changes: ShiftChanges
) -> None:
    changes.add("N1", NIGHT_VALUES)
    operator_world.put("Shifts", NIGHT_TAKEN)

    assert not changes.add("N1", NIGHT_VALUES).changed
    assert operator_world.row("Shifts", "N1")["employees"] == {ANN: SINCE, BOB: SINCE}
    assert len(operator_world.audit("shift#N1")) == 1


def test_given_another_shift_with_the_code_when_added_then_it_is_refused(
    operator_world: OperatorWorld, changes: ShiftChanges
) -> None:
    changes.add("N1", NIGHT_VALUES)

    with pytest.raises(Refused, match="there is another shift N1 already"):
        changes.add("N1", {"shift_info": "Day"})
    assert stored(operator_world) == NIGHT


@pytest.mark.parametrize(
    ("code", "values", "message"),
    [
        ("N1", {}, "neither shift_info nor starts_at"),
        ("N1", {"shift_info": "x", "seats": "many"}, "seats is 'many': write a whole number from 1 to 500"),
        ("N1", {"starts_at": "tomorrow"}, "starts_at is 'tomorrow': write a time like"),
        ("N1", {"shift_info": "x", "ends_at": "2099-08-15T22:00"}, "ends_at needs starts_at"),
        (
            "N1",
            {"shift_info": "x", "timezone": "Berlin"},
            "timezone is 'Berlin': write a name like Europe/Berlin",
        ),
        ("N1", {"shift_info": "x", "role": "bar, kitchen"}, "the role 'bar, kitchen' is several"),
        ("N1", {"shift_info": "x" * 501}, "shift_info has more than 500 characters"),
        ("N1", {"shift_info": "\N{ROCKET}" * 400}, "at most 630 can be sent"),
        ("N1", {"shift_info": "x", "shift_status": "closed"}, "the status closed cannot be set"),
        ("N1", {"shift_info": "x", "shift_status": "free"}, "'free' must be available or taken, or left out"),
        (
            "N1",
            {"shift_info": "x", "shift_status": "canceled"},
            "the status cancelled cannot be set: use cancel",
        ),
        ("N1", {"shift_info": "x", "shift_status": "taken", "seats": "2"}, "does not say whose they are"),
        ("N 1", {"shift_info": "x"}, "employees could not book the code 'N 1' by text"),
        ("STOP", {"shift_info": "x"}, "employees could not book the code 'STOP' by text"),
        ("STOP-1", {"shift_info": "x"}, "carriers take what begins like this for a command of theirs"),
        ("DROP", {"shift_info": "x"}, "employees could not book the code 'DROP' by text"),
    ],
)
def test_given_a_wrong_value_when_added_then_the_refusal_says_what_is_right(
    operator_world: OperatorWorld, changes: ShiftChanges, code: str, values: dict[str, str], message: str
) -> None:
    with pytest.raises(Refused) as refused:
        changes.add(code, values)
    assert message in str(refused.value)
    assert operator_world.rows("Shifts") == operator_world.rows("AuditTrail") == []


def test_given_a_code_that_looks_the_same_when_added_then_it_is_refused(changes: ShiftChanges) -> None:
    changes.add("Early-7", {"shift_info": "x"})

    with pytest.raises(Refused, match="could not tell early7 from Early-7, which exists"):
        changes.add("early7", {"shift_info": "y"})


def test_given_a_shift_when_edited_then_only_changes_are_written_and_audited(
    operator_world: OperatorWorld, changes: ShiftChanges
) -> None:
    operator_world.put("Shifts", NIGHT_TAKEN)

    change = changes.edit("N1", {"seats": "4", "site": "", "shift_info": "Night"})

    assert change.changed
    assert change.notice is not None
    assert change.notice.numbers == (ANN, BOB), "the site is another one"
    assert change.notice.text.text.startswith("Changed: N1 Night")
    assert change.notice.text.size.segments == 1
    row = operator_world.row("Shifts", "N1")
    assert (row["seats"], "site" in row, row["employees"]) == (4, False, {ANN: SINCE, BOB: SINCE})
    (record,) = operator_world.audit("shift#N1")
    assert (record["before"], record["after"]) == ({"seats": 3, "site": "Harbor"}, {"seats": 4})
    assert not changes.edit("N1", {"seats": "4", "site": ""}).changed
    assert len(operator_world.audit("shift#N1")) == 1


@pytest.mark.parametrize(
    ("item", "values", "message"),
    [
        (NIGHT_TAKEN, {"seats": "1"}, "2 employees have, or are offered, a seat; write 2 or more"),
        ({**NIGHT, "seats": 2, "employees": {ANN: SINCE}}, {"seats": ""}, "write 2 or more"),
        (NIGHT, {"starts_at": "2099-08-16T07:00"}, "write a time after starts_at"),
        ({**NIGHT, "shift_status": "cancelled"}, {"site": "Pier"}, "N1 is canceled; reopen it first"),
        (
            {"shift_id": "N1", "shift_info": "Night", "shift_status": "available"},
            {"shift_info": ""},
            "keep one of them",
        ),
    ],
)
def test_given_an_edit_that_harms_when_made_then_it_is_refused(
    operator_world: OperatorWorld,
    changes: ShiftChanges,
    item: dict[str, Any],
    values: dict[str, str],
    message: str,
) -> None:
    operator_world.put("Shifts", item)

    with pytest.raises(Refused) as refused:
        changes.edit("N1", values)
    assert message in str(refused.value)
    assert operator_world.row("Shifts", "N1") == item
    assert operator_world.rows("AuditTrail") == []


def test_given_an_unknown_code_when_edited_then_similar_ones_are_suggested(changes: ShiftChanges) -> None:
    changes.add("BAR1", {"shift_info": "x"})

    with pytest.raises(Refused, match="BARR1: there is no such shift; did you mean BAR1"):
        changes.edit("BARR1", {"seats": "2"})
    with pytest.raises(Refused, match="XQ99: there is no such shift; list the shifts"):
        changes.edit("XQ99", {"seats": "2"})


def test_given_an_employee_who_books_meanwhile_when_edited_then_the_booking_stays(
    operator_world: OperatorWorld, changes: ShiftChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", NIGHT)
    meanwhile(
        monkeypatch,
        "edit",
        lambda: operator_world.put("Shifts", {**NIGHT, "employees": {ANN: SINCE, BOB: SINCE}}),
    )

    with pytest.raises(Refused, match="2 employees have, or are offered, a seat"):
        changes.edit("N1", {"seats": "1"})
    assert operator_world.row("Shifts", "N1")["seats"] == 3


def test_given_two_operators_when_they_edit_at_once_then_both_edits_are_there(
    operator_world: OperatorWorld, changes: ShiftChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", NIGHT)
    other = operator_world.operator("bob@example.com").shifts.changes
    meanwhile(monkeypatch, "edit", lambda: other.edit("N1", {"site": "Pier"}))

    changes.edit("N1", {"shift_info": "Late night"})

    row = operator_world.row("Shifts", "N1")
    assert (row["site"], row["shift_info"]) == ("Pier", "Late night")
    by = [(record["actor"], record["after"]) for record in operator_world.audit("shift#N1")]
    assert by == [("bob@example.com", {"site": "Pier"}), (ACTOR, {"shift_info": "Late night"})]


def test_given_a_shift_that_keeps_changing_when_edited_then_the_refusal_says_so(
    operator_world: OperatorWorld, changes: ShiftChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", NIGHT)

    def change(number: int) -> None:
        operator_world.put("Shifts", {**NIGHT, "site": f"Pier {number}"})

    meanwhile(monkeypatch, "edit", *(lambda number=number: change(number) for number in range(9)))

    with pytest.raises(ChangedByAnother, match="N1 keeps changing"):
        changes.edit("N1", {"shift_info": "Late night"})
    assert operator_world.rows("AuditTrail") == []


def test_given_a_shift_when_canceled_twice_then_it_is_canceled_and_audited_once(
    operator_world: OperatorWorld, changes: ShiftChanges
) -> None:
    operator_world.put("Shifts", NIGHT_TAKEN)

    assert changes.cancel("N1").told == (ANN, BOB, CY)
    assert not changes.cancel("N1").changed

    row = operator_world.row("Shifts", "N1")
    assert (row["shift_status"], row["employees"]) == ("cancelled", {ANN: SINCE, BOB: SINCE})
    (record,) = operator_world.audit("shift#N1")
    assert (record["before"], record["after"]) == (
        {"shift_status": "available"},
        {"shift_status": "cancelled"},
    )


def test_given_an_employee_who_books_meanwhile_when_canceled_then_they_are_told_too(
    operator_world: OperatorWorld, changes: ShiftChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", NIGHT)
    meanwhile(monkeypatch, "edit", lambda: operator_world.put("Shifts", {**NIGHT, "employees": {ANN: SINCE}}))

    assert changes.cancel("N1").told == (ANN,)


def test_given_two_operators_when_both_cancel_then_one_of_them_did(
    operator_world: OperatorWorld, changes: ShiftChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", NIGHT)
    other = operator_world.operator("bob@example.com").shifts.changes
    meanwhile(monkeypatch, "edit", lambda: other.cancel("N1"))

    assert not changes.cancel("N1").changed
    assert [record["actor"] for record in operator_world.audit("shift#N1")] == ["bob@example.com"]


def test_given_a_canceled_shift_when_reopened_then_it_can_be_booked_again(
    operator_world: OperatorWorld, changes: ShiftChanges
) -> None:
    operator_world.put("Shifts", {**NIGHT, "shift_status": "cancelled", "cancelled_for": {ANN: SINCE}})

    assert changes.reopen("N1").changed
    assert not changes.reopen("N1").changed

    row = operator_world.row("Shifts", "N1")
    assert (row["shift_status"], row["listed_role"], row["code"]) == ("available", "bar", "n1")
    assert row["cancelled_for"] == {ANN: SINCE}, "their notices may still wait"
    assert [record["action"] for record in operator_world.audit("shift#N1")] == ["reopened"]


def test_given_a_lost_response_when_canceled_then_the_sdk_repeats_it_once(
    operator_world: OperatorWorld, changes: ShiftChanges
) -> None:
    operator_world.put("Shifts", NIGHT)
    events, event = operator_world.clients.dynamodb.meta.events, "needs-retry.dynamodb.TransactWriteItems"
    tokens: list[str] = []

    def seconds_until_retry(attempts: int, request_dict: dict[str, Any], **_: object) -> Any:
        tokens.append(request_dict["body"].decode().partition('"ClientRequestToken": "')[2][:36])
        return 0 if attempts == 1 else None

    events.register(event, seconds_until_retry)
    try:
        changes.cancel("N1")
    finally:
        events.unregister(event, seconds_until_retry)
    assert len(tokens) == 2
    assert len(set(tokens)) == 1, "DynamoDB carries out a token once"
    assert len(operator_world.audit("shift#N1")) == 1
