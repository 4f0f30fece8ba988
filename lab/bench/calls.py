"""Counts the calls to AWS per text, and compares them with a baseline that reads and writes shifts one at a time.

The baseline is the sample of the blog post. It does not check the sender, applies a redelivered text again, and can
give one shift to two employees.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from lab.lab_system import LabSystem

_EMPLOYEE, _OTHER_EMPLOYEE = "+14253000001", "+14253000002"
_TAKEN_CODE = "CALLS99"
_REPLY_CALLS = 1
"""The baseline sends one reply too."""


@dataclass(frozen=True)
class CommandFigures:
    """The calls for one text. `baseline` is None if the baseline has no such command."""

    name: str
    calls: int
    baseline: int | None


def calls_per_command(system: LabSystem) -> list[CommandFigures]:
    """Texts each command to the deployed system and counts the calls."""
    codes = [f"CALLS{number}" for number in range(12)]
    serialize = TypeSerializer().serialize
    system.put(system.outputs.employees_table_name, [{"phone_number": _EMPLOYEE}])
    system.put(
        system.outputs.shifts_table_name,
        [
            *({"shift_id": code, "shift_info": "3h", "shift_status": "available"} for code in codes),
            {
                "shift_id": _TAKEN_CODE,
                "shift_info": "3h",
                "shift_status": "taken",
                "employee": _OTHER_EMPLOYEE,
            },
        ],
    )
    system.send_and_wait(_EMPLOYEE, "REQUEST")
    system.wait_until_idle()
    client = system.cloud.client("dynamodb")
    table = system.outputs.shifts_table_name

    def read_then_write(wanted: Sequence[str]) -> list[Callable[[], Any]]:
        calls: list[Callable[[], Any]] = []
        for code in wanted:
            key = {"shift_id": serialize(code)}
            calls += [
                lambda key=key: client.get_item(TableName=table, Key=key),  # type: ignore[misc]
                lambda key=key: client.update_item(  # type: ignore[misc]
                    TableName=table,
                    Key=key,
                    UpdateExpression="SET shift_status = :taken, employee = :employee",
                    ExpressionAttributeValues={":taken": {"S": "taken"}, ":employee": {"S": _EMPLOYEE}},
                ),
            ]
        return calls

    calls_by_name = {
        name: _count_calls(system, text)
        for name, text in (
            ("one code", codes[0]),
            ("five codes", " ".join(codes[1:6])),
            ("REQUEST", "REQUEST"),
            ("MINE", "MINE"),
            ("INFO", f"INFO {codes[0]}"),
            ("WAIT", f"WAIT {_TAKEN_CODE}"),
            ("DROP", f"DROP {codes[0]}"),
            ("text for the operator inbox", "my badge does not open the door"),
        )
    }
    # Must come last: these writes make the deployed functions reconcile the shifts.
    baseline = {
        "one code": _make_calls(read_then_write(codes[6:7])),
        "five codes": _make_calls(read_then_write(codes[7:12])),
        "REQUEST": _make_calls([lambda: client.scan(TableName=table)]),
    }
    return [CommandFigures(name, calls, baseline.get(name)) for name, calls in calls_by_name.items()]


def _count_calls(system: LabSystem, text: str) -> int:
    before, attempts = system.gateway.calls.copy(), len(system.network.attempts)
    system.send_and_wait(_EMPLOYEE, text)
    system.wait_until_idle()
    return (system.gateway.calls - before).total() + len(system.network.attempts) - attempts


def _make_calls(calls: Sequence[Callable[[], Any]]) -> int:
    for call in calls:
        call()
    return len(calls) + _REPLY_CALLS
