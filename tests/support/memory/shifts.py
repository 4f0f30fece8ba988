"""Stores shifts in memory."""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.language.locale_files import lexicons
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import COMPARED_ATTRIBUTES, ShiftReader, written_attributes


class MemoryShifts:
    """Implements `Shifts`, `ShiftsByStatus` and `ShiftIds` in memory. `rows` has the items by shift id."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self._reader = ShiftReader(ZoneInfo("UTC"), lexicons("shifts"))

    def put(self, shift_id: str, info: str = "", **attributes: Any) -> None:
        """Adds an item as an operator does. An attribute that is None is left out."""
        item = {"shift_id": shift_id, "shift_info": info, "shift_status": "available", **attributes}
        self.rows[shift_id] = {name: value for name, value in item.items() if value is not None}

    def edit(self, shift_id: str, **attributes: Any) -> None:
        """Changes an item as an operator does. None removes an attribute."""
        self.rows[shift_id] = {
            name: value for name, value in {**self.rows[shift_id], **attributes}.items() if value is not None
        }

    def get(self, shift_id: str) -> Shift | None:
        row = self.rows.get(shift_id)
        return None if row is None else self._reader.read(dict(row))

    def save(self, shift: Shift) -> None:
        self.check(shift)
        self.store(shift)

    def available(self, *, after: str | None) -> Iterator[Shift]:
        for shift_id in sorted(self.rows):
            shift = self.get(shift_id)
            if shift and shift.status == ShiftStatus.AVAILABLE and (after is None or shift_id > after):
                yield shift

    def open_and_taken_ids(self) -> Iterator[str]:
        wanted = (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN)
        yield from (key for key, row in list(self.rows.items()) if row.get("shift_status") in wanted)

    def existing(self, shift_ids: Sequence[str]) -> list[str]:
        return [shift_id for shift_id in shift_ids if shift_id in self.rows]

    def taken(self) -> dict[str, str | None]:
        """Returns the employee of each shift that is taken."""
        rows = self.rows.values()
        return {row["shift_id"]: row.get("employee") for row in rows if row.get("shift_status") == "taken"}

    def holders(self, shift_id: str) -> list[str]:
        """Returns the numbers that have a seat."""
        shift = self.get(shift_id)
        return sorted(shift.holders) if shift else []

    def check(self, *shifts: Shift) -> None:
        """Raises ChangedMeanwhile if an item has changed since it was read."""
        for shift in shifts:
            row = self.rows.get(shift.shift_id)
            if row is None or any(
                row.get(name) != shift.stored_item.get(name) for name in COMPARED_ATTRIBUTES
            ):
                raise ChangedMeanwhile

    def store(self, *shifts: Shift, employee: str | None = None) -> None:
        """Writes the items without a condition. `employee` is the sender of the text that changes them, if any."""
        for shift in shifts:
            self.edit(shift.shift_id, **written_attributes(shift))
