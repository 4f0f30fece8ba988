"""Tests which events follow from a change of a shift."""

import json
from typing import Any

import pytest

from shift_sms_runtime.domain_events.domain_event import (
    MAX_TEXT_LENGTH,
    EmployeeSick,
    FillPlanStarted,
    ShiftDropped,
)
from shift_sms_runtime.domain_events.shift_events import shift_events
from shift_sms_runtime.shifts.filling.fill_details import FillDefaults, FillOrder
from shift_sms_runtime.shifts.shift_item import ShiftReader
from tests.support.domain_events import Item, change, events_of, names
from tests.support.shift_builders import ANN, BOB, CID

AT = "2026-08-01T12:00:00+00:00"
STARTED = "2026-08-01T12:00:00.000+00:00"


def item(**attributes: Any) -> dict[str, Any]:
    return {"shift_id": "A1", "shift_status": "available", "shift_info": "night", **attributes}


FREE = item()
TAKEN = item(shift_status="taken", employee=ANN, employees={ANN: AT})
TWO_SEATS = item(seats=2)
HALF = item(seats=2, employees={ANN: AT})
FULL = item(seats=2, shift_status="taken", employees={ANN: AT, BOB: AT})
OFFERED = item(seats=2, shift_status="taken", employees={ANN: AT}, offers={BOB: {"since": AT, "until": AT}})
CANCELED = item(seats=2, shift_status="cancelled", employees={ANN: AT, BOB: AT})
EMPTIED = item(seats=2, shift_status="cancelled", cancelled_for={ANN: AT, BOB: AT})
SICK = item(seats=2, employees={BOB: AT}, sick_calls={ANN: AT}, fill_urgent=True, fill_order="rotation")
SICK_KEPT = item(seats=2, shift_status="taken", employees={ANN: AT, BOB: AT}, sick_calls={ANN: AT})


def plan(status: str | None, started: str = STARTED) -> dict[str, Any]:
    written = {"fill_status": status, "fill_started_at": started} if status else {}
    return item(fill_order="seniority", fill_contacted=7, **written)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, FREE, []),
        (None, TAKEN, ["ShiftBooked", "ShiftFilled"]),
        (FREE, TAKEN, ["ShiftBooked", "ShiftFilled"]),
        (FREE, item(shift_status="taken"), ["ShiftFilled"]),
        (TAKEN, FREE, ["ShiftDropped"]),
        (TAKEN, item(shift_status="available", employee=ANN), ["ShiftDropped"]),
        (TAKEN, item(shift_status="taken", employee=BOB), ["ShiftDropped", "ShiftBooked"]),
        (TWO_SEATS, HALF, ["ShiftBooked"]),
        (HALF, FULL, ["ShiftBooked", "ShiftFilled"]),
        (HALF, OFFERED, []),
        (OFFERED, FULL, ["ShiftBooked", "ShiftFilled"]),
        (FULL, OFFERED, ["ShiftDropped"]),
        (FULL, {**FULL, "seats": 3}, []),
        ({**FULL, "seats": 3}, FULL, ["ShiftFilled"]),
        (FULL, CANCELED, ["ShiftCanceled"]),
        (FULL, {**CANCELED, "shift_status": "canceled"}, ["ShiftCanceled"]),
        (CANCELED, EMPTIED, []),
        (EMPTIED, TWO_SEATS, []),
        (CANCELED, FULL, ["ShiftBooked", "ShiftBooked", "ShiftFilled"]),
        (CANCELED, HALF, ["ShiftBooked"]),
        (FULL, SICK, ["EmployeeSick", "ShiftDropped"]),
        (FULL, SICK_KEPT, ["EmployeeSick"]),
        (SICK, {**SICK, "employees": {BOB: AT, CID: AT}}, ["ShiftBooked", "ShiftFilled"]),
        (FULL, None, []),
        (FULL, {**FULL, "shift_info": "day", "listed_role": "-", "waiting_list": [CID]}, []),
        (FULL, FULL, []),
        (plan(None), plan("running"), ["FillPlanStarted"]),
        (plan(None), plan("exhausted"), ["FillPlanStarted", "FillPlanExhausted"]),
        (plan("running"), {**plan("running"), "fill_contacted": 20}, []),
        (plan("running"), plan("filled"), ["FillPlanFilled"]),
        (plan("filled"), plan("running"), ["FillPlanResumed"]),
        (plan("running"), plan("exhausted"), ["FillPlanExhausted"]),
        # The operator asks for another plan, which the planner then starts.
        (plan("exhausted"), plan("running"), []),
        (plan("running"), plan("running", "2026-08-01T13:00:00.000+00:00"), ["FillPlanStarted"]),
        (plan("running"), plan("stopped"), ["FillPlanStopped"]),
        (plan("stopped"), plan("running"), ["FillPlanResumed"]),
        (plan("running"), {**plan("running"), "fill_status": "paused"}, []),
        (plan("running"), FREE, []),
    ],
)
def test_given_a_change_of_a_shift_when_read_then_its_events_follow(
    before: Item | None, after: Item | None, expected: list[str]
) -> None:
    assert names(events_of(before, after)) == expected


def test_given_a_sick_call_when_read_then_the_events_say_who_and_when() -> None:
    sick, dropped = events_of(FULL, SICK)
    assert isinstance(sick, EmployeeSick)
    assert isinstance(dropped, ShiftDropped)
    assert (sick.employee, sick.reported_at.isoformat(), sick.keeps_seat) == (ANN, AT, False)
    assert (dropped.employee, dropped.sick) == (ANN, True)
    (kept,) = events_of(FULL, SICK_KEPT)
    assert isinstance(kept, EmployeeSick)
    assert kept.keeps_seat
    (given_back,) = events_of(FULL, HALF)
    assert isinstance(given_back, ShiftDropped)
    assert (given_back.employee, given_back.sick) == (BOB, False)


def test_given_a_shift_when_booked_then_the_detail_has_its_state_without_free_text() -> None:
    times = {"starts_at": "2026-08-15T22:00", "ends_at": "2026-08-16T06:00+02:00"}
    after = {**HALF, **times, "site": "North", "role": "nurse", "waiting_list": [CID]}
    (event,) = events_of({**TWO_SEATS, **times}, after)
    assert json.loads(event.to_json()) == {
        "version": 1,
        "event_id": event.event_id,
        "occurred_at": "2026-08-01T12:00:05+00:00",
        "sequence_number": event.sequence_number,
        "shift": {
            "shift_id": "A1",
            "status": "available",
            "seats": 2,
            "booked_seats": 1,
            "free_seats": 1,
            "timezone": "Europe/Berlin",
            "starts_at": "2026-08-15T20:00:00+00:00",
            "ends_at": "2026-08-16T04:00:00+00:00",
            "site": "North",
            "role": "nurse",
        },
        "employee": ANN,
    }


def test_given_a_fill_plan_when_it_ends_then_the_detail_has_its_state() -> None:
    after = {**plan("filled"), "fill_by": "2026-08-02T06:00Z", "fill_segment": "nurses"}
    (event,) = events_of(plan("running"), after)
    assert json.loads(event.to_json())["fill_plan"] == {
        "started_at": STARTED,
        "order": "seniority",
        "urgent": False,
        "contacted": 7,
        "fill_by": "2026-08-02T06:00:00+00:00",
        "segment": "nurses",
    }


def test_given_an_item_with_mistakes_when_changed_then_its_events_are_published() -> None:
    wrong = {"seats": "many", "starts_at": "soon", "timezone": "Mars/Base", "fill_wave_size": -1, "site": 7}
    before = {**plan("running"), **wrong, "offers": "none", "sick_calls": [ANN]}
    after = {**before, "fill_status": "stopped", "employees": {"ask Ann": "yesterday"}}
    assert names(events_of(before, after)) == ["FillPlanStopped"]


@pytest.mark.parametrize("name", ["Ann Lee", "ask Ann", "+1425555010112345"])
def test_given_a_seat_held_by_a_name_when_it_changes_then_the_name_is_not_published(name: str) -> None:
    taken = item(shift_status="taken", employee=name)
    sick = item(sick_calls={name: AT})
    filled, *others = events_of(FREE, taken)
    assert (names([filled]), others) == (["ShiftFilled"], [])
    assert name not in filled.to_json()
    assert events_of(taken, sick) == []
    assert names(events_of(taken, TAKEN)) == ["ShiftBooked"]


def test_given_long_texts_when_published_then_ten_events_fit_into_a_request() -> None:
    long = "😀" * 100_000
    before = {"shift_id": "\0" * 2048, "shift_status": long, "site": long, "role": long}
    after = {
        **before,
        "employee": long,
        "fill_order": "random",
        "fill_segment": long,
        **plan_attributes(long),
    }
    events = events_of(before, after)
    assert names(events) == ["ShiftFilled", "FillPlanStarted"]
    assert max(len(event.to_json().encode()) for event in events) < 25 * 1024
    shift = json.loads(events[0].to_json())["shift"]
    assert shift["status"] == "😀" * MAX_TEXT_LENGTH
    assert shift["shift_id"] == "\0" * 2048


def plan_attributes(started: str) -> dict[str, str]:
    return {"fill_status": "running", "fill_started_at": started}


def test_given_another_default_order_when_a_plan_starts_then_its_event_has_it() -> None:
    before = item(fill_by="2026-08-15T18:00Z")
    started = {**before, "fill_status": "running", "fill_started_at": STARTED}
    reader = ShiftReader(fill_defaults=FillDefaults(FillOrder.FEWEST_HOURS))
    (event,) = shift_events(change(before, started), reader)
    assert isinstance(event, FillPlanStarted)
    assert event.fill_plan.order is FillOrder.FEWEST_HOURS
