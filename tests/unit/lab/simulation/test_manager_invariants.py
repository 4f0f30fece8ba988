"""Tests that the invariants of the notices to managers find each violation."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lab.simulation.facts import Key
from lab.simulation.notice_invariants.manager_events import RecordedEvents
from lab.simulation.notice_invariants.managers import ManagerInvariants
from shift_sms_runtime.messaging.quiet_hours import QuietHours

MAX, MIA, ANN = "+14255550201", "+14255550202", "+14255550101"
AT = datetime(2026, 8, 1, 12, tzinfo=UTC)
NOW = AT + timedelta(hours=5)


def notice(number: str, subject: str = "dropped#A1", minutes: float = 0) -> Key:
    at = (AT + timedelta(minutes=minutes)).isoformat()
    return ("Conversations", number, f"MANAGER_NOTICE#{subject}#{at}")


def violations(
    *notices: Key,
    kind: str = "dropped",
    employee: str = ANN,
    opted_out: str = "",
    quiet_hours: str = "",
    text_at: datetime | None = None,
    status: str = "sent",
    changes: dict[int, dict[str, Any]] | None = None,
    **shift: Any,
) -> list[str]:
    event = {"at": AT.isoformat(), "employee": employee}
    name = f"{kind}#{employee}" if employee else kind
    item = {"shift_id": "A1", "manager_events": {name: event}, **shift}
    events = RecordedEvents()
    for minutes, recorded in (changes or {}).items():
        events.note("A1", item, {**item, **recorded}, AT + timedelta(minutes=minutes))
    rows: dict[str, list[dict[str, Any]]] = {
        "Employees": [
            {"phone_number": MAX, "roles": ["Manager"]},
            {"phone_number": MIA, "roles": ["manager"]},
            {"phone_number": ANN},
        ],
        "Shifts": [item],
        "OperatorInbox": [],
    }
    if text_at is not None:
        text = {
            "text": "?",
            "phone_number": ANN,
            "message_status": "open",
            "received_at": text_at.isoformat(),
        }
        rows["OperatorInbox"] = [{"message_id": "#notice"}, text]
    found = ManagerInvariants(
        {key: {"status": status} for key in notices},
        rows,
        events=events,
        opted_out={opted_out},
        quiet_hours=QuietHours.parse(quiet_hours),
        zones={MIA: ZoneInfo("Asia/Kolkata")},
        now=NOW,
    )
    return [invariant for invariant, _ in found.violations()]


def test_given_every_manager_told_once_when_checked_then_nothing_is_found() -> None:
    assert violations(notice(MAX), notice(MIA), notice(MAX, minutes=60)) == []
    assert violations(notice(MAX), opted_out=MIA) == []
    assert violations(notice(MAX), employee=MIA) == []
    assert violations(employees={ANN: AT.isoformat()}) == []
    assert violations(notice(MAX, "inbox"), notice(MAX, "inbox", 30), kind="unfilled") == []
    assert violations(notice(MAX, "inbox"), notice(MIA, "inbox"), kind="unfilled", text_at=AT) == []


def test_given_quiet_hours_when_checked_then_a_manager_may_wait() -> None:
    # It is 22:30 in Kolkata at the end.
    assert violations(notice(MAX), quiet_hours="17:00-23:00") == []
    assert violations(notice(MIA), quiet_hours="11:00-18:00") == []
    assert violations(notice(MIA), quiet_hours="11:00-16:00") == ["no silent loss"]


def test_given_a_text_without_a_notice_when_checked_then_it_is_found() -> None:
    told = [notice(MAX, "inbox", 29), notice(MIA, "inbox", 29)]
    assert violations(*told, kind="unfilled", text_at=AT) == []
    assert violations(notice(MAX, "inbox"), kind="unfilled", text_at=AT) == ["no silent loss"]
    late = AT + timedelta(minutes=60)
    assert violations(*told, kind="unfilled", text_at=late) == ["no silent loss"] * 2
    assert violations(*told, kind="unfilled", text_at=AT, status="stopped") == ["no silent loss"] * 2


@pytest.mark.parametrize(
    ("notices", "invariant"),
    [
        ([notice(MAX)], "no silent loss"),
        ([notice(MAX), notice(MIA), notice(ANN)], "managers alone"),
        ([notice(MAX), notice(MIA), notice(MAX, minutes=59)], "managers are told once"),
        (
            [notice(MAX), notice(MIA), notice(MAX, "inbox"), notice(MAX, "inbox", 29)],
            "managers are told once",
        ),
    ],
)
def test_given_a_violation_when_checked_then_it_is_found(notices: list[Key], invariant: str) -> None:
    assert invariant in violations(*notices)


def test_given_a_manager_told_of_an_own_drop_when_checked_then_it_is_found() -> None:
    assert violations(notice(MAX), notice(MIA), employee=MIA) == ["managers alone"]


def event(kind: str, employee: str, minutes: float) -> dict[str, Any]:
    """Returns the attribute of an item that records an event."""
    at = (AT + timedelta(minutes=minutes)).isoformat()
    return {"manager_events": {f"{kind}#{employee}": {"at": at, "employee": employee}}}


def test_given_notices_within_an_hour_when_of_two_employees_then_nothing_is_found() -> None:
    told = [notice(one, minutes=minutes) for one in (MAX, MIA) for minutes in (0, 20)]
    of_two = {0: event("dropped", ANN, 0), 20: event("dropped", MIA, 20)}
    of_one = {0: event("dropped", ANN, 0), 20: event("dropped", ANN, 20)}
    assert violations(*told, changes=of_two) == []
    assert violations(*told, changes=of_one) == ["managers are told once"] * 2


def test_given_two_ends_of_a_plan_when_it_ran_between_then_nothing_is_found() -> None:
    told = [notice(one, "filled#A1", minutes) for one in (MAX, MIA) for minutes in (0, 25)]
    filled: dict[str, Any] = {
        "kind": "filled",
        "employee": "",
        "fill_order": "rotation",
        "fill_status": "filled",
    }
    assert violations(*told, **filled) == ["managers are told once"] * 2
    assert violations(*told, **filled, changes={10: {"fill_status": "running"}}) == []
    assert violations(*told, **filled, changes={10: event("sick", ANN, 10)}) == []
    assert violations(*told, **filled, changes={30: event("sick", ANN, 30)}) == ["managers are told once"] * 2


def test_given_a_shift_without_a_plan_when_it_is_full_then_each_manager_is_told() -> None:
    filled: dict[str, Any] = {"kind": "filled", "employee": ""}
    assert violations(notice(MAX, "filled#A1"), **filled, shift_status="taken") == ["no silent loss"]
    assert violations(notice(MAX, "filled#A1"), **filled, shift_status="available") == []


def test_given_a_canceled_shift_when_no_manager_is_told_then_nothing_is_found() -> None:
    assert violations(shift_status="available") == ["no silent loss"] * 2
    assert violations(shift_status="cancelled") == []
