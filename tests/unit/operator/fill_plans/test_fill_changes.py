"""Tests how operators start, stop and resume fill plans, also at the same time as the planner."""

from decimal import Decimal

import pytest

from shift_sms_operator.fill_plans.fill_changes import FillChanges
from shift_sms_operator.fill_plans.views import FillAction
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from tests.support.clock import Clock
from tests.support.operator_fills import ANN, BOB, CY, OPEN_SHIFT, add_employees, run_planner
from tests.support.operator_shifts import NIGHT_TAKEN, SINCE, meanwhile
from tests.support.operator_world import ACTOR, OperatorWorld

FILL = {"fill_order": "rotation"}


@pytest.fixture
def clock(operator_world: OperatorWorld) -> Clock:
    """The clock of the operations."""
    clock = Clock()
    operator_world.now = clock
    return clock


@pytest.fixture
def changes(operator_world: OperatorWorld, clock: Clock) -> FillChanges:
    """The operations of one operator."""
    return operator_world.operator().fill_plans.changes


def test_given_a_shift_when_filled_then_its_plan_is_written_and_audited(
    operator_world: OperatorWorld, changes: FillChanges
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)
    values = {
        "fill_by": "2026-08-15T18:00",
        "fill_order": "Seniority",
        "fill_segment": "bar",
        "fill_wave_size": "12",
        "fill_wave_minutes": "7.5",
        "fill_urgent": "True",
    }

    change = changes.start("N1", values)

    assert (change.changed, change.action) == (True, FillAction.STARTED)
    written = {
        "fill_by": "2026-08-15T18:00",
        "fill_order": "seniority",
        "fill_segment": "bar",
        "fill_wave_size": 12,
        "fill_wave_minutes": Decimal("7.5"),
        "fill_urgent": True,
    }
    assert operator_world.row("Shifts", "N1") == {**OPEN_SHIFT, **written}
    (record,) = operator_world.audit("shift#N1")
    assert (record["actor"], record["action"], record["before"]) == (ACTOR, "fill plan started", {})
    assert record["after"] == written


def test_given_no_value_when_filled_then_the_plan_has_the_default_order(
    operator_world: OperatorWorld, changes: FillChanges
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)

    changes.start("N1", {})

    assert operator_world.row("Shifts", "N1") == {**OPEN_SHIFT, **FILL}


def test_given_the_setting_fill_order_when_filled_without_one_then_it_is_the_order(
    operator_world: OperatorWorld,
) -> None:
    operator_world.settings["fill_order"] = "fewest-hours"
    operator_world.put("Shifts", OPEN_SHIFT)

    change = operator_world.operator().fill_plans.changes.start("N1", {})

    assert operator_world.row("Shifts", "N1") == {**OPEN_SHIFT, "fill_order": "fewest-hours"}
    assert change.shift.fill is not None
    assert change.shift.fill.order is FillOrder.FEWEST_HOURS


def test_given_a_plan_when_filled_again_then_it_runs_once_and_is_audited_once(
    operator_world: OperatorWorld, changes: FillChanges, clock: Clock
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)
    add_employees(operator_world)
    changes.start("N1", {"fill_wave_size": "012", "fill_wave_minutes": "7.5"})
    run_planner(operator_world, clock)

    again = changes.start("N1", {**FILL, "fill_wave_size": "12", "fill_wave_minutes": "7.50"})

    assert (again.changed, again.action) == (False, FillAction.RUNNING)
    assert operator_world.row("Shifts", "N1")["fill_status"] == "running"
    assert len(operator_world.audit("shift#N1")) == 1
    with pytest.raises(Refused, match="a fill plan of N1 runs already; edit the shift"):
        changes.start("N1", {"fill_order": "random"})


def test_given_a_plan_when_stopped_and_resumed_then_it_goes_on_and_each_is_audited(
    operator_world: OperatorWorld, changes: FillChanges, clock: Clock
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)
    add_employees(operator_world)
    changes.start("N1", {"fill_wave_size": "1", "fill_wave_minutes": "5"})
    run_planner(operator_world, clock)
    started_at = operator_world.row("Shifts", "N1")["fill_started_at"]

    stopped = changes.stop("N1")
    assert (stopped.changed, stopped.shift.fill and stopped.shift.fill.status) == (True, "stopped")
    assert operator_world.row("Shifts", "N1")["fill_status"] == "stopped"
    assert not changes.stop("N1").changed
    run_planner(operator_world, clock)
    clock.pass_time(minutes=5)
    resumed = changes.start("N1", {"fill_wave_size": "2"})
    run_planner(operator_world, clock)

    assert (resumed.changed, resumed.action) == (True, FillAction.RESUMED)
    assert resumed.shift.fill is not None
    assert resumed.shift.fill.status == "running"
    row = operator_world.row("Shifts", "N1")
    assert (row["fill_status"], row["fill_started_at"], row["fill_wave_size"]) == ("running", started_at, 2)
    contacts = [row for row in operator_world.rows("FillContacts") if row["entry"].startswith("contact#")]
    assert sorted(row["phone_number"] for row in contacts) == [ANN, BOB, CY]
    actions = [record["action"] for record in operator_world.audit("shift#N1")]
    assert sorted(actions) == ["fill plan resumed", "fill plan started", "fill plan stopped"]


def test_given_an_exhausted_plan_when_filled_then_a_new_plan_starts(
    operator_world: OperatorWorld, changes: FillChanges, clock: Clock
) -> None:
    item = {**OPEN_SHIFT, "fill_by": "2026-08-01T13:00:00+00:00"}
    operator_world.put("Shifts", item)
    add_employees(operator_world)
    run_planner(operator_world, clock)
    clock.pass_time(hours=2)
    run_planner(operator_world, clock)
    first = operator_world.row("Shifts", "N1")
    assert first["fill_status"] == "exhausted"
    texted = first["fill_contacted"]
    assert texted > 0

    with pytest.raises(Refused, match="fill_by is 2026-08-01 13:00 UTC, which has passed; write a later"):
        changes.start("N1", {})
    assert not changes.stop("N1").changed
    assert operator_world.row("Shifts", "N1") == first
    preview = operator_world.operator().fill_plans.previewer.preview("N1", {"fill_by": ""}, prices={})
    assert (preview.action, preview.eligible, preview.texted_before) == (FillAction.RESTARTED, 3, texted)
    assert changes.start("N1", {"fill_by": ""}).action is FillAction.RESTARTED
    run_planner(operator_world, clock)

    row = operator_world.row("Shifts", "N1")
    assert (row["fill_status"], row["fill_order"], "fill_by" in row) == ("running", "rotation", False)
    assert row["fill_started_at"] > first["fill_started_at"]


def test_given_a_filled_plan_when_stopped_then_a_free_seat_resumes_nothing(
    operator_world: OperatorWorld, changes: FillChanges
) -> None:
    item = {**NIGHT_TAKEN, **FILL, "fill_status": "filled", "fill_started_at": SINCE}
    operator_world.put("Shifts", item)

    assert changes.stop("N1").changed

    assert operator_world.row("Shifts", "N1") == {**item, "fill_status": "stopped"}


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({**OPEN_SHIFT, "shift_status": "cancelled"}, "N1 is canceled; reopen it first"),
        ({**OPEN_SHIFT, "shift_status": "on hold"}, "N1 is 'on hold', so no one can book it"),
        (
            {**OPEN_SHIFT, "starts_at": "2026-08-01T11:00:00+00:00"},
            "no one can book N1 any longer: its start or its respond_by has passed",
        ),
        ({**NIGHT_TAKEN, "seats": 2, "shift_status": "taken"}, "no seat of N1 is free"),
        ({**OPEN_SHIFT, "shift_id": "N2"}, "N1: there is no such shift"),
    ],
)
def test_given_a_shift_that_cannot_be_filled_then_it_is_refused(
    operator_world: OperatorWorld, changes: FillChanges, item: dict[str, object], message: str
) -> None:
    operator_world.put("Shifts", item)

    with pytest.raises(Refused, match=message):
        changes.start("N1", {})

    assert operator_world.rows("Shifts") == [item]
    assert operator_world.rows("AuditTrail") == []


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("fill_by", "soon", "write a time like 2026-08-15T22:00"),
        ("fill_order", "youngest", "write one of broadcast, seniority, rotation, fewest-hours, random"),
        ("fill_segment", "a#b", "the segment 'a#b' must be"),
        ("fill_wave_size", "0", "write auto, or a whole number of at least 1"),
        ("fill_wave_size", "2.5", "write auto, or a whole number of at least 1"),
        ("fill_wave_minutes", "nan", "write auto, or a number of minutes from 0.1 to 10080"),
        ("fill_urgent", "maybe", "write true or false"),
    ],
)
def test_given_a_wrong_value_when_filled_or_edited_then_it_says_what_is_right(
    operator_world: OperatorWorld, changes: FillChanges, name: str, value: str, allowed: str
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)

    with pytest.raises(Refused, match=f"N1: {name}.*{allowed}"):
        changes.start("N1", {name: value})
    with pytest.raises(Refused, match=f"N1: {name}.*{allowed}"):
        operator_world.operator().shifts.changes.edit("N1", {name: value})

    assert operator_world.rows("Shifts") == [OPEN_SHIFT]


def test_given_a_shift_without_a_plan_when_stopped_then_it_is_refused(
    operator_world: OperatorWorld, changes: FillChanges
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)

    with pytest.raises(Refused, match="N1 has no fill plan to stop"):
        changes.stop("N1")


def test_given_the_pinpoint_engine_when_filled_then_it_is_refused(operator_world: OperatorWorld) -> None:
    operator_world.settings["campaign_engine"] = "pinpoint"
    operator_world.put("Shifts", OPEN_SHIFT)

    with pytest.raises(Refused, match="the Pinpoint engine has no fill plans"):
        operator_world.operator().fill_plans.changes.start("N1", {})


def test_given_a_planner_that_writes_meanwhile_when_stopped_then_both_count(
    operator_world: OperatorWorld, changes: FillChanges, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)
    add_employees(operator_world)
    changes.start("N1", {})
    meanwhile(monkeypatch, "edit", lambda: run_planner(operator_world, clock))

    assert changes.stop("N1").changed

    row = operator_world.row("Shifts", "N1")
    assert row["fill_status"] == "stopped"
    assert row["fill_started_at"]


def test_given_two_operators_when_one_fills_first_then_the_other_learns_it(
    operator_world: OperatorWorld, changes: FillChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)
    other = operator_world.operator("bob").fill_plans.changes
    meanwhile(monkeypatch, "edit", lambda: other.start("N1", {"fill_order": "random"}))

    with pytest.raises(Refused, match="a fill plan of N1 runs already"):
        changes.start("N1", {"fill_order": FillOrder.SENIORITY.value})

    assert operator_world.row("Shifts", "N1")["fill_order"] == "random"
    assert [record["actor"] for record in operator_world.audit("shift#N1")] == ["bob"]


def test_given_a_shift_that_keeps_changing_when_filled_then_it_is_refused(
    operator_world: OperatorWorld, changes: FillChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)
    edits = [{**OPEN_SHIFT, "seats": seats} for seats in range(2, 20)]
    meanwhile(monkeypatch, "edit", *(lambda item=item: operator_world.put("Shifts", item) for item in edits))

    with pytest.raises(ChangedByAnother, match="N1 keeps changing"):
        changes.start("N1", {})


def test_given_a_claim_meanwhile_when_the_seat_is_gone_then_nothing_starts(
    operator_world: OperatorWorld, changes: FillChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_world.put("Shifts", OPEN_SHIFT)
    taken = {**OPEN_SHIFT, "shift_status": "taken", "employee": ANN, "employees": {ANN: SINCE}}
    meanwhile(monkeypatch, "edit", lambda: operator_world.put("Shifts", taken))

    with pytest.raises(Refused, match="no seat of N1 is free"):
        changes.start("N1", {})

    assert operator_world.row("Shifts", "N1") == taken
