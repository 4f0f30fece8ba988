"""Tests that removing an employee frees every place, whatever happens in between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shift_sms_operator.composition import Operator
from shift_sms_operator.employees import employee_remover
from shift_sms_operator.employees.employee_entry import EmployeeEntry
from shift_sms_operator.employees.employee_remover import PlaceKind, RemovedEmployee
from shift_sms_operator.refusals import Refused
from tests.support.crash_points import STOPS, Steps, stepwise, stopped_in_turn
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.operator_world import ACTOR, OperatorWorld

CID = "+14255550103"
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
BEGAN = "2026-08-01T08:00:00+00:00"
STEPS = 15
"""The calls of a removal of Ann; `test_given_a_removal_when_counted` checks the number."""


@pytest.fixture
def world(operator_world: OperatorWorld) -> OperatorWorld:
    """Provides Ann with a seat, an offer and a place on a waiting list, and Bob, who waits for her seat."""
    operator_world.now = lambda: NOW
    fill(operator_world)
    return operator_world


def fill(world: OperatorWorld, **ann: Any) -> None:
    until = (NOW + timedelta(hours=1)).isoformat()
    world.put(
        "Employees",
        {"phone_number": ANN, "name": "Ann", "language": "en", "roles": ["Bar"], "badge": "17", **ann},
        {"phone_number": BOB, "name": "Bob"},
    )
    world.put(
        "SegmentMembers",
        *({"segment": segment, "phone_number": ANN} for segment in ("day", "night")),
        {"segment": "night", "phone_number": BOB},
    )
    world.put(
        "Shifts",
        {
            "shift_id": "SEAT",
            "shift_info": "Bar, early",
            "shift_status": "taken",
            "employee": ANN,
            "employees": {ANN: BEGAN},
            "waiting_list": [BOB],
        },
        {
            "shift_id": "OFFER",
            "shift_status": "taken",
            "offers": {ANN: {"since": BEGAN, "until": until}},
        },
        {"shift_id": "WAIT", "shift_status": "taken", "employee": BOB, "waiting_list": [CID, ANN]},
        {
            "shift_id": "OVER",
            "shift_status": "closed",
            "employee": ANN,
            "starts_at": "2026-07-30T08:00:00Z",
            "ends_at": "2026-07-30T16:00:00Z",
        },
        {"shift_id": "OTHER", "shift_status": "taken", "employee": BOB},
    )
    booking = {"booked_at": BEGAN, "campaign_id": "c"}
    world.put(
        "EmployeeBookings",
        {
            "phone_number": ANN,
            "shifts": {"SEAT": booking},
            "waiting_list": ["OFFER", "WAIT"],
            "expires_at": 1,
        },
    )


def places(world: OperatorWorld, number: str) -> set[str]:
    """Returns the shifts in which a number has a place."""
    return {
        row["shift_id"]
        for row in world.rows("Shifts")
        if number == row.get("employee")
        or number in row.get("employees", {})
        or number in row.get("offers", {})
        or number in row.get("waiting_list", [])
    }


def assert_removed(world: OperatorWorld) -> None:
    """Checks that nothing of Ann is left, and that Bob has been offered her seat."""
    assert world.row("Employees", ANN) == {}
    assert [(row["segment"], row["phone_number"]) for row in world.rows("SegmentMembers")] == [("night", BOB)]
    assert places(world, ANN) == {"OVER"}
    assert world.row("Shifts", "SEAT")["shift_status"] == "taken"
    assert [*world.row("Shifts", "SEAT")["offers"]] == [BOB]
    assert world.row("Shifts", "OFFER")["shift_status"] == "available"
    assert world.row("Shifts", "WAIT")["waiting_list"] == [CID]
    bookings = world.row("EmployeeBookings", ANN)
    assert (bookings["shifts"], "waiting_list" in bookings) == ({}, False)


def test_given_an_employee_when_removed_then_every_place_is_free_and_told(world: OperatorWorld) -> None:
    removed = world.operator().employees.remove(ANN)

    assert_removed(world)
    assert (removed.name, removed.opted_out, removed.segments) == ("Ann", False, ("day", "night"))
    assert {(one.shift_id, one.place) for one in removed.freed} == {
        ("SEAT", PlaceKind.SEAT),
        ("OFFER", PlaceKind.OFFER),
        ("WAIT", PlaceKind.WAITING),
    }
    counters = world.rows("CampaignCounters")
    assert [row["seats_filled"] for row in counters] == [-1]


def test_given_an_employee_when_removed_then_each_change_is_in_the_audit_trail(world: OperatorWorld) -> None:
    world.operator().employees.remove(ANN)

    removed, *rest = sorted(world.audit(f"employee#{ANN}"), key=lambda one: one["action"] != "removed")
    assert removed == {
        "subject": f"employee#{ANN}",
        "actor": ACTOR,
        "action": "removed",
        "before": {"name": "Ann", "language": "en", "roles": ["Bar"]},
        "after": {},
    }
    assert {record["action"] for record in rest} == {"left segments", "removal completed"}
    assert [record["before"] for record in rest if record["before"].get("segments")] == [
        {"segments": ["day", "night"]}
    ]
    for shift_id, attribute in (("SEAT", "employees"), ("OFFER", "offers"), ("WAIT", "waiting_list")):
        [record] = world.audit(f"shift#{shift_id}")
        assert (record["action"], record["before"]) == ("employee removed", {attribute: [ANN]})


def test_given_an_opt_out_when_removed_and_added_again_then_it_is_kept(operator_world: OperatorWorld) -> None:
    opted_out = {"opted_out": True, "opt_changed_at": BEGAN, "opt_changed_by": "m"}
    fill(operator_world, **opted_out)
    employees = operator_world.operator().employees

    removed = employees.remove(ANN)

    assert removed.opted_out
    kept = {"phone_number": ANN, "badge": "17", **opted_out}
    assert operator_world.row("Employees", ANN) == {**kept, "only_opt_out": True}
    employees.add(EmployeeEntry(ANN, "Ann"))
    assert operator_world.row("Employees", ANN) == {**kept, "name": "Ann"}


def test_given_a_stop_during_the_removal_when_it_ends_then_the_opt_out_is_kept(world: OperatorWorld) -> None:
    operator, steps = stepwise_operator(world)
    stopped = {"opted_out": True, "opt_changed_at": BEGAN, "opt_changed_by": "m"}

    def stop() -> None:
        row = world.row("Employees", ANN)
        world.put("Employees", {**row, **stopped})

    steps.once(STEPS - 1, stop, after=True)
    assert operator.employees.remove(ANN).opted_out
    row = world.row("Employees", ANN)
    assert row["opted_out"]
    assert row["only_opt_out"]
    assert "name" not in row


def stepwise_operator(world: OperatorWorld) -> tuple[Operator, Steps]:
    """Returns operations whose reads and writes of tables are steps."""
    steps, operator = Steps(), world.operator()
    remover = operator.employees._remover
    remover._table = stepwise(remover._table, steps)
    remover._segment_members = stepwise(remover._segment_members, steps)
    return operator, steps


def steps_of_removal(world: OperatorWorld) -> int:
    operator, steps = stepwise_operator(world)
    operator.employees.remove(ANN)
    return steps.taken


def test_given_a_removal_when_counted_then_every_step_is_a_crash_point(world: OperatorWorld) -> None:
    assert steps_of_removal(world) == STEPS


@pytest.mark.parametrize(
    ("step", "after", "stop", "error"),
    stopped_in_turn([(step, after) for step in range(1, STEPS + 1) for after in (False, True)]),
)
def test_given_a_crash_at_any_step_when_run_again_then_the_removal_is_complete(
    world: OperatorWorld, step: int, after: bool, stop: Callable[[], None], error: type[BaseException]
) -> None:
    operator, steps = stepwise_operator(world)
    steps.once(step, stop, after=after)
    with pytest.raises(error):
        operator.employees.remove(ANN)

    if world.row("Employees", ANN):
        world.operator().employees.remove(ANN)

    assert_removed(world)
    actions = [record["action"] for record in world.audit(f"employee#{ANN}")]
    assert actions.count("removed") == 1
    assert len(world.audit("shift#SEAT")) == 1


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_given_two_operators_at_once_when_both_remove_then_each_place_is_freed_once(
    world: OperatorWorld, step: int
) -> None:
    operator, steps = stepwise_operator(world)
    others: list[RemovedEmployee] = []
    steps.once(step, lambda: others.append(world.operator("bob").employees.remove(ANN)))
    try:
        mine = operator.employees.remove(ANN).freed
    except Refused:
        mine = ()

    assert_removed(world)
    freed = [one.shift_id for one in (*mine, *others[0].freed)]
    assert sorted(freed) == ["OFFER", "SEAT", "WAIT"]


def test_given_a_shift_that_changes_when_freed_then_it_is_read_again(world: OperatorWorld) -> None:
    operator, steps = stepwise_operator(world)
    edits = 0

    def edit(_step: int, after: bool) -> None:
        nonlocal edits
        if after and edits < 3:
            edits += 1
            row = world.row("Shifts", "SEAT")
            world.put("Shifts", {**row, "role": f"role {edits}"})

    steps.on_step = edit
    operator.employees.remove(ANN)
    assert_removed(world)


def test_given_rows_deleted_by_hand_when_removed_then_the_places_are_freed(world: OperatorWorld) -> None:
    world.dynamodb.Table("Employees").delete_item(Key={"phone_number": ANN})

    removed = world.operator().employees.remove(ANN)

    assert len(removed.freed) == 3
    assert_removed(world)


def test_given_a_number_that_is_nowhere_when_removed_then_it_is_refused(world: OperatorWorld) -> None:
    with pytest.raises(Refused, match="no employee has the number"):
        world.operator().employees.remove("+14255550199")


def test_given_a_hand_written_shift_when_removed_then_its_seat_is_free(world: OperatorWorld) -> None:
    # As in the blog post: no times, a number with spaces, and bookings that have expired.
    world.put("Shifts", {"shift_id": "POST", "shift_status": "taken", "employee": "+1 425 555 0101"})
    world.dynamodb.Table("EmployeeBookings").delete_item(Key={"phone_number": ANN})

    removed = world.operator().employees.remove(ANN)

    assert "POST" in {one.shift_id for one in removed.freed}
    assert world.row("Shifts", "POST")["shift_status"] == "available"
    assert "employee" not in world.row("Shifts", "POST")


def remove_in_steps(operator: Operator) -> list[str]:
    """Removes Ann as the console does; returns the shifts in which a place was freed."""
    freed: list[str] = []
    after: str | None = None
    while True:
        step = operator.employees.remove_step(ANN, after)
        freed += [place.shift_id for place in step.freed]
        after = step.cursor
        if after is None:
            return freed


@pytest.mark.parametrize(("stop", "error"), STOPS[:1])
@pytest.mark.parametrize("step", range(1, 18, 3))
def test_given_a_crash_in_a_removal_by_steps_when_begun_again_then_complete(
    world: OperatorWorld,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    stop: Callable[[], None],
    error: type[BaseException],
) -> None:
    monkeypatch.setattr(employee_remover, "SHIFTS_PER_STEP", 2)
    operator, steps = stepwise_operator(world)
    steps.once(step, stop, after=True)
    with pytest.raises(error):
        remove_in_steps(operator)

    if world.row("Employees", ANN):
        remove_in_steps(world.operator())

    assert_removed(world)
    assert [one["action"] for one in world.audit(f"employee#{ANN}")].count("removed") == 1


@pytest.mark.parametrize("step", range(2, 18, 3))
def test_given_a_removal_by_steps_when_another_removes_then_each_place_once(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(employee_remover, "SHIFTS_PER_STEP", 2)
    operator, steps = stepwise_operator(world)
    others: list[RemovedEmployee] = []
    steps.once(step, lambda: others.append(world.operator("bob").employees.remove(ANN)))
    try:
        remove_in_steps(operator)
    except Refused:
        assert others

    assert_removed(world)
    assert {len(world.audit(f"shift#{shift_id}")) for shift_id in ("SEAT", "OFFER", "WAIT")} == {1}
