"""Tests how operators assign and release seats, and inform the employee once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shift_sms_operator.refusals import Refused
from shift_sms_operator.shifts.seat_changes import SeatChanges
from tests.support.operator_shifts import ANN, BOB, CY, NIGHT, SINCE, add_employees, meanwhile
from tests.support.operator_world import ACTOR, OperatorWorld

NOW = datetime(2099, 8, 1, 12, tzinfo=UTC)
EARLY = {
    "shift_id": "E1",
    "shift_info": "Early",
    "shift_status": "available",
    "starts_at": "2099-08-16T05:00",
    "ends_at": "2099-08-16T10:00",
    "timezone": "Europe/Berlin",
}


@pytest.fixture
def seats(operator_world: OperatorWorld) -> SeatChanges:
    """The seat changes of one operator in a deployment with three employees and one shift."""
    operator_world.now = lambda: NOW
    add_employees(operator_world)
    operator_world.put("Shifts", NIGHT)
    return operator_world.operator().shifts.seats


def waiting_texts(world: OperatorWorld) -> list[tuple[str, str]]:
    """Returns the employee and the notice of each text in the outbox."""
    return [(row["phone_number"], row["reply_id"]) for row in world.rows("Outbox")]


def worker_messages(world: OperatorWorld) -> int:
    """Returns how many messages wait that start a worker."""
    attributes = world.clients.sqs.get_queue_attributes(
        QueueUrl=world.queue_urls["outbox"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def test_given_a_free_seat_when_assigned_then_the_employee_has_it_and_is_informed(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    result = seats.assign("N1", ANN)

    assert result.changed
    assert result.text is not None
    assert result.text.text == "Booked for you by your manager: N1 Night. Reply DROP N1 to give it back"
    assert result.text.size.segments == 1
    assert operator_world.row("Shifts", "N1")["employees"] == {ANN: NOW.isoformat()}
    assert set(operator_world.row("EmployeeBookings", ANN)["shifts"]) == {"N1"}
    assert waiting_texts(operator_world) == [(ANN, f"assignment#N1#{NOW.isoformat()}")]
    assert worker_messages(operator_world) == 1
    (record,) = operator_world.audit("shift#N1")
    assert (record["actor"], record["action"]) == (ACTOR, "assigned")
    assert (record["before"], record["after"]) == ({}, {"employees": {ANN: NOW.isoformat()}})


def test_given_an_assigned_seat_when_assigned_again_then_nobody_is_texted_again(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    seats.assign("N1", ANN)

    assert not seats.assign("N1", "(425) 555-0101".replace("(425) ", "+1 425 ")).changed
    assert len(waiting_texts(operator_world)) == 1
    assert len(operator_world.audit("shift#N1")) == 1
    assert worker_messages(operator_world) == 2, "an operation before may have stopped before it started one"


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({**NIGHT, "shift_status": "cancelled"}, "N1 is canceled; reopen it first"),
        ({**NIGHT, "shift_status": "on-hold"}, "N1 has the status 'on-hold'; reopen it first"),
        ({**NIGHT, "seats": "many"}, "N1 has mistakes: seats is 'many'"),
        ({**NIGHT, "starts_at": "2026-08-15T22:00", "ends_at": "2026-08-16T06:00"}, "N1 is over"),
        ({**NIGHT, "seats": 1, "shift_status": "taken", "employee": BOB}, "1 seat is taken; release a seat"),
        ({**NIGHT, "seats": 1, "shift_status": "taken"}, "1 seat is taken; release a seat"),
        ({**NIGHT, "seats": 1, "waiting_list": [BOB]}, "1 seat is taken, 1 of them offered"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_given_no_seat_to_give_when_assigned_then_it_is_refused_even_by_force(
    operator_world: OperatorWorld, seats: SeatChanges, item: dict[str, Any], message: str, force: bool
) -> None:
    operator_world.put("Shifts", item)

    with pytest.raises(Refused) as refused:
        seats.assign("N1", ANN, force=force)
    assert message in str(refused.value)
    assert operator_world.row("Shifts", "N1") == item
    assert waiting_texts(operator_world) == []
    assert operator_world.rows("AuditTrail") == []


def test_given_a_broken_rule_when_assigned_then_only_force_overrides_it(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put("Shifts", {**EARLY, "role": "kitchen"})
    seats.assign("N1", ANN)

    with pytest.raises(Refused) as refused:
        seats.assign("E1", ANN)
    assert str(refused.value) == (
        f"Ann ({ANN}) does not have the role kitchen; has N1 at the same time; --force assigns the seat anyway"
    )
    result = seats.assign("E1", ANN, force=True)
    assert result.overridden == ("does not have the role kitchen", "has N1 at the same time")
    assert set(operator_world.row("EmployeeBookings", ANN)["shifts"]) == {"N1", "E1"}


def test_given_too_little_rest_when_assigned_then_it_is_refused(operator_world: OperatorWorld) -> None:
    operator_world.now = lambda: NOW
    operator_world.settings["minimum_rest_hours"] = 11
    add_employees(operator_world)
    operator_world.put(
        "Shifts", NIGHT, {**EARLY, "starts_at": "2099-08-16T12:00", "ends_at": "2099-08-16T18:00"}
    )
    seats = operator_world.operator().shifts.seats
    seats.assign("N1", ANN)

    with pytest.raises(Refused, match="would have too little rest before or after N1"):
        seats.assign("E1", ANN)


def test_given_a_seat_lost_since_when_another_is_assigned_then_it_is_no_conflict(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put("Shifts", EARLY)
    seats.assign("N1", ANN)
    operator_world.put("Shifts", {**NIGHT, "shift_status": "cancelled"})

    assert seats.assign("E1", ANN).changed


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"opted_out": True}, "has opted out of texts"),
        ({"only_opt_out": True}, "is not on the roster"),
    ],
)
def test_given_an_employee_who_gets_no_texts_when_assigned_then_the_result_says_so(
    operator_world: OperatorWorld, seats: SeatChanges, row: dict[str, Any], reason: str
) -> None:
    operator_world.put("Employees", {"phone_number": ANN, "name": "Ann", "roles": ["bar"], **row})

    result = seats.assign("N1", ANN, force=True)

    assert (result.text, result.not_informed) == (None, reason)
    assert operator_world.row("Shifts", "N1")["employees"] == {ANN: NOW.isoformat()}
    assert waiting_texts(operator_world) == []


def test_given_a_number_off_the_roster_when_assigned_then_force_is_needed(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put("Shifts", EARLY)

    with pytest.raises(Refused, match=r"\+14255550199 is not on the roster; --force"):
        seats.assign("E1", "+14255550199")
    with pytest.raises(Refused, match="'Ann' is no phone number"):
        seats.assign("E1", "Ann")


def test_given_an_employee_removed_meanwhile_when_assigned_then_it_is_refused(
    operator_world: OperatorWorld, seats: SeatChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = {"phone_number": ANN, "only_opt_out": True}
    meanwhile(monkeypatch, "change_seat", lambda: operator_world.put("Employees", remove))

    with pytest.raises(Refused, match="is not on the roster"):
        seats.assign("N1", ANN)
    assert "employees" not in operator_world.row("Shifts", "N1")


def test_given_the_last_seat_booked_meanwhile_when_assigned_then_one_has_it(
    operator_world: OperatorWorld, seats: SeatChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", {**NIGHT, "seats": 1})
    other = operator_world.operator("bob@example.com").shifts.seats
    meanwhile(monkeypatch, "change_seat", lambda: other.assign("N1", BOB))

    with pytest.raises(Refused, match="no seat of N1 is free"):
        seats.assign("N1", ANN)
    assert operator_world.row("Shifts", "N1")["employee"] == BOB
    assert [number for number, _ in waiting_texts(operator_world)] == [BOB]
    assert operator_world.row("EmployeeBookings", ANN) == {}


def test_given_an_employee_who_waits_when_assigned_then_the_place_is_gone(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put("Shifts", {**NIGHT, "seats": 2, "employees": {BOB: SINCE}, "waiting_list": [ANN, CY]})
    operator_world.put("EmployeeBookings", {"phone_number": ANN, "shifts": {}, "waiting_list": ["N1"]})

    assert seats.assign("N1", ANN).changed

    row = operator_world.row("Shifts", "N1")
    assert (set(row["employees"]), row["waiting_list"]) == ({ANN, BOB}, [CY])
    assert "offers" not in row
    assert "waiting_list" not in operator_world.row("EmployeeBookings", ANN)


def test_given_a_deadline_that_passed_when_assigned_then_operators_may(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put("Shifts", {**NIGHT, "respond_by": "2099-07-01T12:00", "shift_status": "closed"})

    assert seats.assign("N1", ANN).changed
    row = operator_world.row("Shifts", "N1")
    assert (row["shift_status"], set(row["employees"])) == ("closed", {ANN})


def test_given_a_holder_when_released_then_the_next_one_is_offered_the_seat(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put(
        "Shifts", {**NIGHT, "seats": 1, "waiting_list": [CY]} | {"employee": ANN, "shift_status": "taken"}
    )
    booking = {"booked_at": SINCE, "campaign_id": "c1"}
    operator_world.put("EmployeeBookings", {"phone_number": ANN, "shifts": {"N1": booking}})

    result = seats.release("N1", ANN)

    assert result.offered_to == (CY,)
    assert result.text is not None
    assert result.text.text == "Taken off your schedule by your manager: N1 Night"
    row = operator_world.row("Shifts", "N1")
    assert (row["shift_status"], set(row["offers"]), "employee" in row) == ("taken", {CY}, False)
    assert operator_world.row("EmployeeBookings", ANN)["shifts"] == {}
    assert waiting_texts(operator_world) == [(ANN, f"release#N1#{NOW.isoformat()}")]
    counted = [
        row for row in operator_world.rows("CampaignCounters") if row["campaign_shard"].startswith("c1#")
    ]
    assert [row["seats_filled"] for row in counted] == [-1]
    assert not seats.release("N1", ANN).changed
    assert len(waiting_texts(operator_world)) == 1


def test_given_the_drop_cutoff_when_released_then_operators_are_not_bound(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put("Shifts", {**NIGHT, "employees": {ANN: SINCE}})
    operator_world.now = lambda: datetime(2099, 8, 15, 19, 59, tzinfo=UTC)

    assert operator_world.operator().shifts.seats.release("N1", ANN).changed


def test_given_an_employee_who_waits_when_released_then_the_place_is_freed_silently(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put(
        "Shifts", {**NIGHT, "seats": 1, "employee": BOB, "shift_status": "taken", "waiting_list": [ANN]}
    )

    assert seats.release("N1", ANN).changed
    assert "waiting_list" not in operator_world.row("Shifts", "N1")
    assert waiting_texts(operator_world) == []


def test_given_a_name_written_by_hand_when_released_then_the_seat_is_freed(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    operator_world.put("Shifts", {**NIGHT, "seats": 1, "employee": "the temp", "shift_status": "taken"})

    result = seats.release("N1", "the temp")

    assert (result.changed, result.text) == (True, None)
    assert operator_world.row("Shifts", "N1")["shift_status"] == "available"


def test_given_a_seat_given_back_meanwhile_when_released_then_nobody_is_texted(
    operator_world: OperatorWorld, seats: SeatChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", {**NIGHT, "employees": {ANN: SINCE}})
    meanwhile(monkeypatch, "change_seat", lambda: operator_world.put("Shifts", NIGHT))

    assert not seats.release("N1", ANN).changed
    assert waiting_texts(operator_world) == []
    assert operator_world.rows("AuditTrail") == []


def test_given_two_assignments_of_one_seat_when_made_then_each_has_its_own_text(
    operator_world: OperatorWorld, seats: SeatChanges
) -> None:
    seats.assign("N1", ANN)
    seats.release("N1", ANN)
    operator_world.now = lambda: NOW + timedelta(minutes=1)

    operator_world.operator().shifts.seats.assign("N1", ANN)

    kinds = [notice.split("#")[0] for _, notice in waiting_texts(operator_world)]
    assert sorted(kinds) == ["assignment", "assignment", "release"]
