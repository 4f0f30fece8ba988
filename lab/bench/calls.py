"""Counts the calls to AWS that one text takes, beside the plain way: read and write each shift, one after another.

The plain way is that of the blog post's sample. It does not check the sender, handles a text that is delivered twice
twice, and can give one shift to two employees.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from lab.lab_system import LabSystem

_NUMBER, _ANOTHER = "+14253000001", "+14253000002"
_TAKEN = "CALLS99"
_SEND = 1
"""Both ways send one reply."""


@dataclass(frozen=True)
class CommandFigures:
    """The calls for one text, and for the same text the plain way; None if it has no such command."""

    name: str
    calls: int
    plain: int | None


def calls_per_command(system: LabSystem) -> list[CommandFigures]:
    """Texts one command after another to the deployed system and counts the calls."""
    codes = [f"CALLS{number}" for number in range(12)]
    serialize = TypeSerializer().serialize
    system.put(system.outputs.employees_table_name, [{"phone_number": _NUMBER}])
    system.put(
        system.outputs.shifts_table_name,
        [
            *({"shift_id": code, "shift_info": "3h", "shift_status": "available"} for code in codes),
            {"shift_id": _TAKEN, "shift_info": "3h", "shift_status": "taken", "employee": _ANOTHER},
        ],
    )
    system.send_and_wait(_NUMBER, "REQUEST")
    system.wait_until_idle()
    client = system.cloud.client("dynamodb")
    table = system.outputs.shifts_table_name

    def look_up_then_write(wanted: Sequence[str]) -> list[Callable[[], Any]]:
        calls: list[Callable[[], Any]] = []
        for code in wanted:
            key = {"shift_id": serialize(code)}
            calls += [
                lambda key=key: client.get_item(TableName=table, Key=key),  # type: ignore[misc]
                lambda key=key: client.update_item(  # type: ignore[misc]
                    TableName=table,
                    Key=key,
                    UpdateExpression="SET shift_status = :taken, employee = :employee",
                    ExpressionAttributeValues={":taken": {"S": "taken"}, ":employee": {"S": _NUMBER}},
                ),
            ]
        return calls

    texted = {
        name: _texted(system, text)
        for name, text in (
            ("one code", codes[0]),
            ("five codes", " ".join(codes[1:6])),
            ("REQUEST", "REQUEST"),
            ("MINE", "MINE"),
            ("INFO", f"INFO {codes[0]}"),
            ("WAIT", f"WAIT {_TAKEN}"),
            ("DROP", f"DROP {codes[0]}"),
            ("words for a person", "my badge does not open the door"),
        )
    }
    # Last: the functions reconcile the shifts that this writes.
    plain = {
        "one code": _done(look_up_then_write(codes[6:7])),
        "five codes": _done(look_up_then_write(codes[7:12])),
        "REQUEST": _done([lambda: client.scan(TableName=table)]),
    }
    return [CommandFigures(name, calls, plain.get(name)) for name, calls in texted.items()]


def _texted(system: LabSystem, text: str) -> int:
    before, attempts = system.gateway.calls.copy(), len(system.network.attempts)
    system.send_and_wait(_NUMBER, text)
    system.wait_until_idle()
    return (system.gateway.calls - before).total() + len(system.network.attempts) - attempts


def _done(calls: Sequence[Callable[[], Any]]) -> int:
    for call in calls:
        call()
    return len(calls) + _SEND
