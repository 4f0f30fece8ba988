"""Tests that the invariants of the notices to managers find each violation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lab.simulation.facts import Key
from lab.simulation.notice_invariants.managers import manager_violations

MAX, MIA, ANN = "+14255550201", "+14255550202", "+14255550101"
AT = datetime(2026, 8, 1, 12, tzinfo=UTC)
NOW = AT + timedelta(hours=5)


def notice(number: str, subject: str = "dropped#A1", minutes: float = 0) -> Key:
    at = (AT + timedelta(minutes=minutes)).isoformat()
    return ("Conversations", number, f"MANAGER_NOTICE#{subject}#{at}")


def violations(
    *notices: Key, kind: str = "dropped", employee: str = ANN, opted_out: str = "", **shift: Any
) -> list[str]:
    event = {"at": AT.isoformat(), "employee": employee}
    rows: dict[str, list[dict[str, Any]]] = {
        "Employees": [
            {"phone_number": MAX, "roles": ["Manager"]},
            {"phone_number": MIA, "roles": ["manager"]},
            {"phone_number": ANN},
        ],
        "Shifts": [{"shift_id": "A1", "manager_events": {kind: event}, **shift}],
    }
    found = manager_violations({key: {} for key in notices}, rows, opted_out={opted_out}, now=NOW)
    return [invariant for invariant, _ in found]


def test_given_every_manager_told_once_when_checked_then_nothing_is_found() -> None:
    assert violations(notice(MAX), notice(MIA), notice(MAX, minutes=60)) == []
    assert violations(notice(MAX), opted_out=MIA) == []
    assert violations(notice(MAX), employee=MIA) == []
    assert violations(employees={ANN: AT.isoformat()}) == []
    assert violations(notice(MAX, "inbox"), notice(MAX, "inbox", 30), kind="unfilled") == []


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
