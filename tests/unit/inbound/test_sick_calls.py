"""Tests what a sick call does to shifts, fill plans, bookings, campaigns and the operator inbox."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.shift import MAX_SICK_CALLS
from tests.support.crash_points import Steps, crash_points
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.fill_world import FillWorld, employee
from tests.support.inbound_world import InboundWorld
from tests.support.memory.employees import MemoryEmployees

GIVEN_BACK = "Get well soon! Given back: A1"
KEPT = "Get well soon! We will get back to you about A1"
PLAN = {"fill_urgent": True, "fill_order": "rotation"}
LATER = "2026-08-01T13:00:00Z"
STARTED = {
    "starts_at": "2026-08-01T12:30:00Z",
    "ends_at": "2026-08-01T15:00:00Z",
    "respond_by": "2026-08-01T12:20:00Z",
}
POLICY = BookingPolicy(reminder_hours=0)


def world_with_shift(policy: BookingPolicy = POLICY, **attributes: Any) -> InboundWorld:
    """Returns a world in which Ann has a shift that starts in two hours, after the drop cut-off."""
    world = InboundWorld(policy=policy)
    starts_at = (world.clock() + timedelta(hours=2)).isoformat()
    world.shifts.put("A1", "", **{"starts_at": starts_at, **attributes})
    world.deliver(ANN, "A1")
    return world


def fill_attributes(world: InboundWorld) -> dict[str, Any]:
    return {name: value for name, value in world.shifts.rows["A1"].items() if name.startswith("fill_")}


def test_given_a_late_sick_call_when_refilled_then_a_fill_plan_starts() -> None:
    world = world_with_shift()
    world.deliver(ANN, "DROP A1")
    assert world.shifts.holders("A1") == [ANN]
    at = world.clock().isoformat()
    world.deliver(ANN, "SICK A1", "m")
    assert world.phones.heard(ANN)[-1] == GIVEN_BACK
    row = world.shifts.rows["A1"]
    assert (row["shift_status"], row["sick_calls"]) == ("available", {ANN: at})
    assert fill_attributes(world) == PLAN
    booked = world.employee_bookings.get(ANN)
    assert ([*booked.by_shift], [*booked.sick]) == ([], ["A1"])
    assert world.operator_inbox.items["m"].text == "SICK A1"


def test_given_a_late_sick_call_when_informed_then_the_booking_stays() -> None:
    world = world_with_shift(BookingPolicy(reminder_hours=0, sick_calls=SickCalls.INFORM))
    at = world.clock().isoformat()
    world.deliver(ANN, "SICK A1", "m")
    world.clock.pass_time(minutes=5)
    world.deliver(ANN, "bin krank, A1 geht nicht", "n")
    assert world.phones.heard(ANN)[-2:] == [KEPT, KEPT]
    assert world.shifts.holders("A1") == [ANN]
    assert world.shifts.rows["A1"]["sick_calls"] == {ANN: at}
    assert not fill_attributes(world)
    assert {"m", "n"} <= world.operator_inbox.items.keys()


def test_given_another_default_order_when_sick_then_a_plan_with_it_starts() -> None:
    policy = BookingPolicy(reminder_hours=0, fill_order=FillOrder.FEWEST_HOURS)
    fill = {**PLAN, "fill_order": "fewest-hours"}
    for before, after in (({}, fill), ({"fill_by": LATER}, {**fill, "fill_by": LATER})):
        world = world_with_shift(policy, **before)
        world.deliver(ANN, "SICK A1")
        assert fill_attributes(world) == after


def test_given_defaults_of_plans_when_an_employee_is_sick_then_that_plan_runs() -> None:
    policy = BookingPolicy(
        reminder_hours=0, fill_order=FillOrder.FEWEST_HOURS, fill_wave_size=5, fill_wave_minutes=10
    )
    inbound = world_with_shift(policy)
    inbound.deliver(ANN, "SICK A1")
    world = FillWorld(policy=policy, clock=inbound.clock)
    world.put("Shifts", inbound.shifts.rows["A1"])
    world.run()
    assert world.texted() == [employee(index) for index in range(5)]
    (wave,) = [row for row in world.rows("FillContacts") if row["entry"].startswith("wave#")]
    assert wave["fill_order"] == "fewest-hours"
    world.pass_time(minutes=9)
    assert len(world.texted()) == 5
    world.pass_time(minutes=1)
    assert len(world.texted()) == 10


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"fill_order": "seniority"}, {"fill_order": "seniority", "fill_urgent": True}),
        (
            {"fill_order": "random", "fill_status": "running", "fill_wave_size": 5},
            {"fill_order": "random", "fill_status": "running", "fill_wave_size": 5, "fill_urgent": True},
        ),
        *(
            (
                {"fill_order": "random", "fill_status": status},
                {**PLAN, "fill_order": "random", "fill_status": "running"},
            )
            for status in ("filled", "stopped")
        ),
        *(
            (
                {"fill_by": LATER, "fill_status": status},
                {**PLAN, "fill_by": LATER, "fill_status": "running"},
            )
            for status in ("exhausted", "filled", "stopped")
        ),
        *(
            (
                {"fill_by": "2026-08-01T11:00:00Z", "fill_status": status},
                {**PLAN, "fill_status": "running"},
            )
            for status in ("exhausted", "filled", "running", "stopped")
        ),
    ],
)
def test_given_a_fill_plan_when_the_holder_is_sick_then_it_runs_as_urgent(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    world = world_with_shift(**before)
    world.deliver(ANN, "SICK A1")
    assert fill_attributes(world) == after


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        (STARTED, "SICK A1"),
        ({}, "DROP B1"),
    ],
)
def test_given_a_shift_that_cannot_be_refilled_when_sick_then_no_plan_starts(
    attributes: dict[str, Any], text: str
) -> None:
    world = world_with_shift(**attributes)
    world.clock.pass_time(hours=1)
    world.deliver(ANN, text)
    assert not fill_attributes(world)
    assert world.shifts.holders("A1") == ([] if text == "SICK A1" else [ANN])
    assert world.shifts.rows["A1"].get("respond_by") == attributes.get("respond_by")


def test_given_fewer_seats_than_holders_when_one_is_sick_then_no_plan_starts() -> None:
    world = world_with_shift(seats=2)
    world.deliver(BOB, "A1")
    world.shifts.edit("A1", seats=1)
    world.reconcile_shifts()
    world.deliver(ANN, "SICK A1")
    assert world.shifts.holders("A1") == [BOB]
    assert not fill_attributes(world)


def test_given_a_respond_by_that_has_passed_when_sick_then_others_can_book_the_seat() -> None:
    world = world_with_shift(respond_by="2026-08-01T12:30:00Z")
    world.clock.pass_time(hours=1)
    world.deliver(ANN, "SICK A1")
    assert fill_attributes(world) == PLAN
    assert "respond_by" not in world.shifts.rows["A1"]
    world.deliver(BOB, "A1")
    assert world.shifts.holders("A1") == [BOB]


def test_given_a_respond_by_ahead_when_sick_then_it_stays() -> None:
    world = world_with_shift(respond_by="2026-08-01T12:30:00Z")
    world.deliver(ANN, "SICK A1")
    assert fill_attributes(world) == PLAN
    assert world.shifts.rows["A1"]["respond_by"] == "2026-08-01T12:30:00Z"


def test_given_a_waiting_list_when_the_holder_is_sick_then_the_next_gets_an_offer() -> None:
    world = world_with_shift()
    world.deliver(BOB, "WAIT A1")
    world.deliver(ANN, "SICK A1")
    world.reconcile_shifts()
    assert world.phones.heard(BOB)[-1].startswith("A spot is free: A1")
    assert fill_attributes(world) == PLAN
    world.deliver(BOB, "yes")
    world.deliver(BOB, "SICK A1")
    assert [*world.shifts.rows["A1"]["sick_calls"]] == [ANN, BOB]


def test_given_someone_without_a_seat_when_sick_then_nothing_is_recorded() -> None:
    world = world_with_shift()
    world.deliver(BOB, "SICK A1", "m")
    assert world.phones.heard(BOB) == ["Get well soon! We will get back to you"]
    assert world.operator_inbox.items["m"].text == "SICK A1"
    world.deliver(BOB, "WAIT A1")
    world.deliver(BOB, "SICK A1")
    assert world.phones.heard(BOB)[-1] == "Off the waiting list: A1"
    world.clock.pass_time(hours=3)
    assert world.shifts.holders("A1") == [ANN]
    assert "sick_calls" not in world.shifts.rows["A1"]


def test_given_a_sick_call_when_it_is_repeated_then_it_is_not_kept_again() -> None:
    world = world_with_shift()
    world.deliver(ANN, "SICK A1", "m")
    world.deliver(ANN, "SICK A1", "n")
    assert world.phones.heard(ANN)[-2:] == [GIVEN_BACK, "Not yours: A1"]
    assert {"m", "n"} & world.operator_inbox.items.keys() == {"m"}


def test_given_a_shift_that_is_over_when_sick_then_the_text_is_kept() -> None:
    world = world_with_shift(ends_at=(InboundWorld().clock() + timedelta(hours=3)).isoformat())
    world.clock.pass_time(hours=4)
    world.deliver(ANN, "SICK A1", "m")
    assert world.phones.heard(ANN)[-1] == "Get well soon! We will get back to you"
    assert world.operator_inbox.items["m"].text == "SICK A1"


def test_given_a_sick_employee_when_they_book_again_then_the_record_is_removed() -> None:
    world = world_with_shift()
    world.deliver(ANN, "SICK A1")
    world.deliver(ANN, "A1")
    assert world.shifts.holders("A1") == [ANN]
    assert "sick_calls" not in world.shifts.rows["A1"]


def test_given_an_employee_written_again_by_hand_when_sick_then_the_time_is_new() -> None:
    world = world_with_shift()
    world.deliver(ANN, "SICK A1")
    world.clock.pass_time(minutes=10)
    world.shifts.edit("A1", shift_status="taken", employee=ANN)
    world.reconcile_shifts()
    world.clock.pass_time(minutes=10)
    at = world.clock().isoformat()
    world.deliver(ANN, "SICK A1")
    assert world.shifts.holders("A1") == []
    assert world.shifts.rows["A1"]["sick_calls"] == {ANN: at}


def test_given_many_sick_calls_when_recorded_then_the_latest_are_kept() -> None:
    numbers = [f"+1425555{number:04}" for number in range(MAX_SICK_CALLS + 2)]
    world = InboundWorld(employees=MemoryEmployees(numbers))
    world.shifts.put("A1", "", seats=len(numbers))
    for number in numbers:
        world.deliver(number, "A1")
        world.clock.pass_time(minutes=1)
    for number in numbers:
        world.deliver(number, "SICK A1")
        world.clock.pass_time(minutes=1)
    assert {*world.shifts.rows["A1"]["sick_calls"]} == {*numbers[2:]}


@pytest.mark.parametrize("text", ["no, I'm sick", "sick for my shift today", "krank für meine Schicht"])
def test_given_a_sick_call_without_a_code_when_read_then_the_only_seat_is_free(text: str) -> None:
    world = world_with_shift()
    world.deliver(ANN, text, "m")
    assert world.phones.heard(ANN)[-1] == GIVEN_BACK
    assert world.operator_inbox.items["m"].text == text


def test_given_several_shifts_when_sick_for_all_of_them_then_the_text_is_kept() -> None:
    world = world_with_shift()
    world.shifts.put("B2", "")
    world.deliver(ANN, "B2")
    world.deliver(ANN, "sick for all my shifts", "m")
    assert (world.shifts.holders("A1"), world.shifts.holders("B2")) == ([ANN], [ANN])
    assert world.operator_inbox.items["m"].text == "sick for all my shifts"


def test_given_an_offer_when_the_sender_is_too_sick_for_it_then_it_is_declined() -> None:
    world = world_with_shift()
    world.shifts.put("B2", "")
    world.deliver(BOB, "B2")
    world.deliver(BOB, "WAIT A1")
    world.deliver(ANN, "SICK A1")
    world.reconcile_shifts()
    world.deliver(BOB, "no, I'm sick")
    assert world.phones.heard(BOB)[-1] == "Thank you, we will ask the next person: A1"
    assert world.shifts.holders("B2") == [BOB]


def change_plan(world: InboundWorld) -> None:
    world.shifts.edit("A1", fill_order="random", fill_status="stopped")


def cancel(world: InboundWorld) -> None:
    world.shifts.edit("A1", shift_status="cancelled")


def drop(world: InboundWorld) -> None:
    world.deliver(ANN, "drop a1", "n")


def world_with_holder() -> InboundWorld:
    world = InboundWorld()
    world.shifts.put("A1", "", shift_status="taken", employee=ANN)
    return world


def steps_of_a_sick_call() -> Steps:
    world = world_with_holder()
    world.deliver(ANN, "SICK A1", "m")
    return world.steps


@pytest.mark.parametrize("other", [change_plan, cancel, drop])
def test_given_another_change_at_any_step_when_sick_then_rows_and_replies_are_true(
    other: Callable[[InboundWorld], None],
) -> None:
    for step, after in crash_points(steps_of_a_sick_call):
        world = world_with_holder()
        world.steps.once(step, lambda world=world: other(world), after=after)  # type: ignore[misc]
        world.deliver(ANN, "SICK A1", "m")
        world.reconcile_shifts()
        row, heard = world.shifts.rows["A1"], world.phones.heard(ANN)
        assert world.shifts.holders("A1") == []
        if other is drop:
            assert sorted(heard) in (
                ["Get well soon! Given back: A1", "Not yours: A1"],
                ["Given back: A1", "Not yours: A1"],
            )
            assert ("fill_urgent" in row) == (GIVEN_BACK in heard)
        else:
            assert heard == [GIVEN_BACK]
        if other is cancel:
            assert row["shift_status"] == "cancelled"
        if other is change_plan:
            assert (row["fill_order"], row["fill_urgent"]) == ("random", True)
