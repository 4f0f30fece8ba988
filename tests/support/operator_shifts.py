"""Shifts and employees that operators work with, and what happens at the same time."""

from collections.abc import Callable
from typing import Any

import pytest

from shift_sms_runtime.tables.operator_shifts import DynamoOperatorShifts
from tests.support.operator_world import OperatorWorld

ANN, BOB, CY = "+14255550101", "+14255550102", "+14255550103"
SINCE = "2026-08-01T09:00:00+00:00"

NIGHT = {
    "shift_id": "N1",
    "shift_info": "Night",
    "shift_status": "available",
    "starts_at": "2099-08-15T22:00",
    "ends_at": "2099-08-16T06:00",
    "timezone": "Europe/Berlin",
    "site": "Harbor",
    "role": "bar",
    "seats": 3,
}
NIGHT_VALUES = {name: str(value) for name, value in NIGHT.items() if name not in ("shift_id", "shift_status")}
NIGHT_TAKEN = {**NIGHT, "employees": {ANN: SINCE, BOB: SINCE}, "waiting_list": [CY]}


def add_employees(world: OperatorWorld) -> None:
    """Adds the employees, who have the role of the shift."""
    for number, name in ((ANN, "Ann"), (BOB, "Bob"), (CY, "Cy")):
        world.put("Employees", {"phone_number": number, "name": name, "roles": ["bar"]})


def meanwhile(monkeypatch: pytest.MonkeyPatch, method: str, *happens: Callable[[], object]) -> None:
    """Makes something happen right before an operator's write, each time something else."""
    original: Callable[..., object] = getattr(DynamoOperatorShifts, method)
    events = list(happens)

    def later(*arguments: Any, **named: Any) -> object:
        if events:
            events.pop(0)()
        return original(*arguments, **named)

    monkeypatch.setattr(DynamoOperatorShifts, method, later)
