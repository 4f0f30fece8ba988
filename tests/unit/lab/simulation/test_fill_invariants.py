"""Tests that the invariants of fill plans and sick calls find each violation."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from lab.simulation.execution.deployment import TABLES, SimulatedSettings
from lab.simulation.execution.scheduler import START
from lab.simulation.facts import Facts, Holding, SendFact
from lab.simulation.filling.ends import fill_violations
from lab.simulation.filling.steps import FillSteps
from shift_sms_runtime.aws.dynamodb import wire
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls

ANN, BOB = "+14255550101", "+14255550102"
SOON, LATE = START + timedelta(hours=30), START + timedelta(hours=2)
PLAN: dict[str, Any] = {"fill_urgent": True, "fill_order": "rotation"}
EVENT_OF_BOB = {f"sick#{BOB}": {"at": START.isoformat(), "employee": BOB}}
NO_ROWS: dict[str, list[Any]] = {"Shifts": [], "FillContacts": [], "Deliveries": [], "EmployeeBookings": []}


class Watch:
    """The invariants, a clock, and the item of a shift that tests change."""

    def __init__(self, sick_calls: SickCalls = SickCalls.REFILL) -> None:
        self.seconds = 0.0
        self.facts = Facts({table.name: table for table in TABLES}, lambda: self.seconds)
        settings = SimulatedSettings(
            booking_policy=BookingPolicy(sick_calls=sick_calls), urgent_overrides_quiet_hours=True
        )
        self.steps = FillSteps(self.facts, settings, zones={}, clock=self.now)
        self.items: dict[str, Mapping[str, Any]] = {}

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def change(self, shift_id: str = "A1", starts_at: datetime = SOON, **attributes: Any) -> None:
        before, times = (
            self.items.get(shift_id),
            {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=6)},
        )
        item = {
            "shift_id": shift_id,
            "shift_status": "available",
            **{name: at.isoformat() for name, at in times.items()},
            **attributes,
        }
        self.items[shift_id] = item
        self.facts.shift_changed(shift_id, wire(before) if before else None, wire(item))

    def call_in_sick(self, starts_at: datetime = SOON, **attributes: Any) -> None:
        """Changes a shift that Ann holds as a sick call of hers does."""
        now = self.now().isoformat()
        self.change(starts_at=starts_at, employees={ANN: now})
        event = {f"sick#{ANN}": {"at": now, "employee": ANN}}
        self.change(starts_at=starts_at, sick_calls={ANN: now}, **{"manager_events": event, **attributes})

    def text(self, number: str = ANN, *, body: str = "Open shift: A1", entry: str = "") -> None:
        key = ("Conversations", number, entry) if entry else ("Deliveries", "fill#A1#2026-08-03#7", number)
        self.steps.check_send(SendFact(self.seconds, number, body, key, "send_campaign", 1))

    @property
    def found(self) -> list[str]:
        return [violation.partition(": ")[0] for violation in self.facts.violations]


@pytest.mark.parametrize(
    ("setting", "starts_at", "attributes", "found"),
    [
        (SickCalls.REFILL, SOON, PLAN, []),
        (SickCalls.REFILL, LATE, PLAN, []),
        (SickCalls.INFORM, SOON, PLAN, []),
        (SickCalls.INFORM, LATE, {"employees": {ANN: ""}}, []),
        (SickCalls.REFILL, SOON, {**PLAN, "shift_status": "cancelled"}, []),
        (SickCalls.REFILL, LATE, {"employees": {ANN: ""}}, ["sick calls"]),
        (SickCalls.REFILL, SOON, {}, ["sick calls"]),
        (SickCalls.REFILL, SOON, {**PLAN, "fill_status": "filled"}, ["sick calls"]),
        (SickCalls.REFILL, SOON, {"fill_order": "rotation"}, ["sick calls"]),
        (SickCalls.REFILL, SOON, {**PLAN, "manager_events": {}}, ["sick calls"]),
        (SickCalls.REFILL, SOON, {**PLAN, "manager_events": EVENT_OF_BOB}, ["sick calls"]),
        (SickCalls.INFORM, LATE, PLAN, ["sick calls"]),
        (SickCalls.INFORM, LATE, {**PLAN, "employees": {ANN: ""}}, ["sick calls"]),
    ],
)
def test_given_a_sick_call_when_written_then_seat_plan_and_event_are_checked(
    setting: SickCalls, starts_at: datetime, attributes: dict[str, Any], found: list[str]
) -> None:
    watch = Watch(setting)
    watch.call_in_sick(starts_at, **attributes)
    assert watch.found == found


def test_given_a_text_of_a_plan_when_sent_to_a_sick_employee_then_it_is_found() -> None:
    watch = Watch()
    watch.call_in_sick(**PLAN)
    watch.text(BOB)
    watch.text(ANN)
    assert watch.found == [], "the sender may have checked before"
    watch.seconds = 90
    watch.facts.sends.clear()
    watch.text("+14255550103")
    watch.change("A1", employees={BOB: ""}, sick_calls={ANN: START.isoformat()})
    assert watch.found == []
    sick = Watch()
    sick.call_in_sick(**PLAN)
    sick.seconds = 90
    sick.text(ANN)
    assert sick.found == ["the sick are left alone"]
    held = Watch()
    held.change(employees={BOB: ""})
    held.facts.holdings["A1", BOB] = [Holding(0.0)]
    held.seconds = 90
    held.text(BOB)
    assert held.found == ["eligible employees"]


def test_given_a_changed_shift_when_a_text_describes_the_earlier_one_then_found() -> None:
    watch = Watch()
    watch.change(shift_info="5h nightshift")
    watch.change(shift_info="4h dayshift")
    watch.text(ANN, body="Open shift: A1 5h nightshift")
    assert watch.found == [], "the sender may have checked before"
    watch.seconds = 90
    watch.text(BOB, body="Open shift: A1 4h dayshift")
    assert watch.found == []
    watch.text("+14255550103", body="Open shift: A1 5h nightshift")
    assert watch.found == ["texts describe the shift"]


def test_given_texts_of_plans_when_they_are_too_many_then_it_is_found() -> None:
    watch = Watch()
    watch.change()
    for _ in range(4):
        watch.text(ANN)
    assert watch.found == ["at most once"] * 3 + ["limit of a day"]


@pytest.mark.parametrize(
    ("body", "found"), [("Get well soon! Given back: A1", []), ("Given back: A1", ["kind replies"])]
)
def test_given_a_reply_to_a_sick_call_when_it_is_not_kind_then_it_is_found(
    body: str, found: list[str]
) -> None:
    watch = Watch()
    watch.call_in_sick(**PLAN)
    watch.facts.sick_calls["in-1"] = "A1"
    watch.text(ANN, body=body, entry="INBOUND#in-1")
    assert watch.found == found


def test_given_overlapping_shifts_when_one_employee_books_both_then_it_is_found() -> None:
    watch = Watch()
    watch.change("A1")
    watch.change("B2", SOON + timedelta(hours=5))
    watch.change("A1", employees={ANN: ""})
    watch.change("B2", SOON + timedelta(hours=6), employees={ANN: ""})
    assert watch.found == [], "an operator moved it"
    watch.change("C3", SOON - timedelta(hours=5))
    watch.change("C3", SOON - timedelta(hours=5), employees={ANN: ""})
    assert watch.found == ["no conflicting bookings"]


def test_given_the_rows_of_a_run_when_they_are_wrong_then_it_is_found() -> None:
    watch = Watch()
    watch.call_in_sick(**PLAN)
    contact = {
        "phone_number": ANN,
        "contacts": 0,
        "last_contact": "",
        "hired_at": "",
        "minutes": 0,
        "day": "",
    }
    wave = {"at": (START + timedelta(minutes=5)).isoformat(), "fill_order": "rotation", "wait_seconds": 60}
    rows = {
        **NO_ROWS,
        "Shifts": [watch.items["A1"]],
        "FillContacts": [
            {"shift_id": "employee#", "entry": "contacts", "day_2026-08-03": 4},
            {
                "shift_id": "A1",
                "entry": "wave#S#00001",
                **wave,
                "contacts": [{**contact, "phone_number": BOB, "rank": 1}, {**contact, "rank": 2}],
            },
            {"shift_id": "A1", "entry": "skipped#S#00001#0", "reasons": {"quiet-hours": [ANN]}},
        ],
    }
    found = fill_violations(rows, watch.steps, texts_per_day=3, now=START + timedelta(hours=1))
    assert [invariant for invariant, _ in found] == [
        "limit of a day",
        "order",
        "urgent plans do not wait",
        "no silent loss",
    ]
