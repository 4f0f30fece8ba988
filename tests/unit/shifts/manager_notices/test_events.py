"""Tests which events of a shift are recorded, and that the item stays small."""

from datetime import UTC, datetime, timedelta

import pytest

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.shifts.manager_notices.event import (
    MOST_EVENTS,
    ManagerEvent,
    ManagerEvents,
    with_event,
)
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import ShiftReader, stored_manager_events
from tests.support.dialogues.dialogue import ANN, BOB

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
DROPPED, FILLED, SICK = ManagerNotice.DROPPED, ManagerNotice.FILLED, ManagerNotice.SICK


def after(*events: tuple[float, ManagerNotice, str]) -> ManagerEvents:
    """Returns what is recorded after events at minutes after noon."""
    recorded: ManagerEvents = ()
    for minutes, kind, employee in events:
        recorded = with_event(recorded, kind, NOON + timedelta(minutes=minutes), employee)
    return recorded


def times(recorded: ManagerEvents, kind: ManagerNotice) -> list[float]:
    return [(one.at - NOON).total_seconds() / 60 for one in recorded if one.kind is kind]


def test_given_two_events_when_of_one_employee_then_an_hour_apart() -> None:
    assert times(after((0, SICK, ANN), (20, SICK, BOB), (59, SICK, ANN)), SICK) == [0, 20]
    assert times(after((0, SICK, ANN), (20, SICK, BOB), (60, SICK, ANN)), SICK) == [20, 60]


@pytest.mark.parametrize("kind", [FILLED, ManagerNotice.EXHAUSTED, ManagerNotice.UNFILLED])
def test_given_what_no_employee_causes_when_repeated_then_a_drop_between_counts(kind: ManagerNotice) -> None:
    assert times(after((0, kind, ""), (25, kind, "")), kind) == [0]
    assert times(after((0, kind, ""), (10, SICK, ANN), (25, kind, "")), kind) == [25]
    assert times(after((0, DROPPED, ANN), (10, kind, ""), (25, kind, "")), kind) == [10]


def test_given_two_events_at_one_time_when_recorded_then_their_times_differ() -> None:
    recorded = after((0, SICK, ANN), (0, SICK, BOB), (0, DROPPED, BOB))
    assert [one.at - NOON for one in recorded if one.kind is SICK] == [
        timedelta(),
        timedelta(microseconds=1),
    ]
    assert times(recorded, DROPPED) == [0]


def test_given_old_events_when_another_is_recorded_then_they_are_removed() -> None:
    assert len(after((0, SICK, ANN), (0, FILLED, ""), (48 * 60 - 1, DROPPED, BOB))) == 3
    assert len(after((0, SICK, ANN), (0, FILLED, ""), (48 * 60, DROPPED, BOB))) == 2, "a filling stays"


def test_given_many_events_when_another_happens_then_the_number_is_limited() -> None:
    many = [(float(one), SICK, f"+1425556{one:04}") for one in range(MOST_EVENTS)]
    assert len(after(*many)) == MOST_EVENTS
    assert times(after(*many, (59, DROPPED, ANN)), DROPPED) == []
    assert times(after(*many, (60, DROPPED, ANN)), DROPPED) == [60]
    assert len(after(*many, (60, DROPPED, ANN))) == MOST_EVENTS
    assert times(after(*many, (59, FILLED, "")), FILLED) == [59]


def test_given_events_when_stored_then_read_again() -> None:
    recorded = after((0, SICK, ANN), (0, SICK, BOB), (1, FILLED, ""))
    stored = stored_manager_events(Shift("A1", manager_events=recorded))
    assert ShiftReader().read({"shift_id": "A1", "manager_events": stored}).manager_events == recorded


def test_given_the_item_of_an_earlier_version_when_read_then_the_event_is_known() -> None:
    stored = {
        "sick": {"at": NOON.isoformat(), "employee": ANN},
        "other": {"at": NOON.isoformat()},
        "sick#": 1,
    }
    shift = ShiftReader().read({"shift_id": "A1", "manager_events": stored})
    assert shift.manager_events == (ManagerEvent(SICK, NOON, ANN),)
    assert shift.with_manager_event(SICK, NOON + timedelta(minutes=59), ANN) == shift
    later = shift.with_manager_event(SICK, NOON + timedelta(minutes=61), ANN)
    assert [*(stored_manager_events(later) or {})] == [f"sick#{ANN}"]
