"""Shifts are opened from a file, and only opened: loading it again never frees a shift that somebody has."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shift_sms_cli.csv_file import BadValue, Columns, Rows, read_rows
from shift_sms_runtime.domain.commands import ClaimShifts, parse
from shift_sms_runtime.domain.shifts import AVAILABLE, TAKEN

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

COLUMNS = Columns(required=("shift_id", "shift_info"), optional=("shift_status",))


@dataclass(frozen=True)
class NewShift:
    """A row of a file of shifts."""

    shift_id: str
    shift_info: str
    shift_status: str = AVAILABLE


def read_shifts(path: Path) -> Rows[NewShift]:
    """Reads a file of shifts. Raises UnusableFile."""
    return read_rows(path, COLUMNS, _shift, lambda shift: shift.shift_id)


def load_shifts(
    dynamodb: "DynamoDBServiceResource", shifts: Iterable[NewShift], *, shifts_table: str
) -> list[str]:
    """Writes the shifts that are new; returns the ids of those that exist and were left as they are."""
    table = dynamodb.Table(shifts_table)
    existing = []
    for shift in shifts:
        item = {
            "shift_id": shift.shift_id,
            "shift_info": shift.shift_info,
            "shift_status": shift.shift_status,
        }
        try:
            table.put_item(Item=item, ConditionExpression="attribute_not_exists(shift_id)")
        except table.meta.client.exceptions.ConditionalCheckFailedException:
            existing.append(shift.shift_id)
    return existing


def _shift(values: dict[str, str]) -> NewShift:
    shift_id, info = values["shift_id"], values["shift_info"]
    if parse(shift_id) != ClaimShifts((shift_id,)):
        raise BadValue(
            f"nobody could book the shift_id {shift_id!r} by text: it must be one word that begins and ends with a"
            " letter or digit and is no command, like XYZ123"
        )
    if not info:
        raise BadValue(f"{shift_id} has no shift_info; say when it is, like 15/08 5h nightshift")
    status = values.get("shift_status") or AVAILABLE
    if status not in (AVAILABLE, TAKEN):
        raise BadValue(f"the shift_status {status!r} must be {AVAILABLE} or {TAKEN}, or left out")
    return NewShift(shift_id, info, status)
