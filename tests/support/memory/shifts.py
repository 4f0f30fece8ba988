"""Stores shifts in memory."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.language.locale_files import lexicons
from shift_sms_runtime.shift_lists.index_parts import IndexPart
from shift_sms_runtime.shift_lists.ports import OpenShifts
from shift_sms_runtime.shifts.filling.urgent_fill import URGENT_FILL_ATTRIBUTES
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import (
    COMPARED_ATTRIBUTES,
    LISTED_ATTRIBUTES,
    ShiftReader,
    index_attributes,
    listed_role,
    written_attributes,
)


class MemoryShifts:
    """Implements `Shifts`, `ShiftIndexes` and `ShiftIds` in memory. `rows` has the items by shift id."""

    def __init__(self, zone: str = "UTC") -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self._reader = ShiftReader(ZoneInfo(zone), lexicons("shifts"))

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

    def write_attributes(self, shift: Shift, attributes: Mapping[str, object]) -> None:
        self.check(shift)
        self.edit(shift.shift_id, **attributes)

    @property
    def zone(self) -> ZoneInfo:
        return self._reader.zone

    def open_shifts(self, role: str, part: IndexPart, *, most: int) -> OpenShifts:
        listed = sorted(
            (str(attributes["listed_at"]), shift_id)
            for shift_id, attributes in self._indexed()
            if attributes["listed_role"] == listed_role(role)
            and part.after < str(attributes["listed_at"])
            and (part.before is None or str(attributes["listed_at"]) < part.before)
        )
        shifts = {
            position: self._reader.read(
                {"shift_status": ShiftStatus.AVAILABLE}
                | {name: value for name, value in self.rows[shift_id].items() if name in LISTED_ATTRIBUTES}
            )
            for position, shift_id in listed[:most]
            if not part.own_zone_only or "timezone" in self.rows[shift_id]
        }
        return OpenShifts(shifts, read_to=listed[most - 1][0] if len(listed) > most else None)

    def ids_from(self, code: str, *, most: int) -> list[str]:
        return [shift_id for found, shift_id in self._codes(code) if found >= code][:most]

    def ids_before(self, code: str, *, most: int) -> list[str]:
        return [shift_id for found, shift_id in reversed(self._codes(code)) if found < code][:most]

    def _codes(self, code: str) -> list[tuple[str, str]]:
        """Returns the codes with the initial of a code, in order. Equal ones are in the order of the rows."""
        codes = [
            (attributes["code"], shift_id)
            for shift_id, attributes in self._indexed()
            if attributes["code_initial"] == code[0]
        ]
        return sorted(codes, key=itemgetter(0))

    def _indexed(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yields the keys of the indexes, as if `detect_shift_changes` had handled every change."""
        for shift_id in list(self.rows):
            shift = self.get(shift_id)
            if shift is not None:
                yield shift_id, index_attributes(shift)

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
            fill = URGENT_FILL_ATTRIBUTES if shift.urgent_fill else ()
            compared = (*COMPARED_ATTRIBUTES, *fill)
            if row is None or any(row.get(name) != shift.stored_item.get(name) for name in compared):
                raise ChangedMeanwhile

    def store(self, *shifts: Shift, employee: str | None = None) -> None:
        """Writes the items without a condition. `employee` is the sender of the text that changes them, if any."""
        for shift in shifts:
            self.edit(shift.shift_id, **written_attributes(shift))
