"""Keeps shifts and the bookings of employees in memory."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.inbound.reply import Effect, Reply
from shift_sms_runtime.language.locale_files import lexicons
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.ports import ChangedMeanwhile
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus
from shift_sms_runtime.shifts.shift_item import COMPARED_ATTRIBUTES, ShiftReader, written_attributes
from tests.support.memory.send_ledger import LedgerRow


class MemoryShifts:
    """Shifts, and the agendas of those who have them, in memory. ``writes`` counts round trips that tried to write.

    ``rows`` are items as they are stored.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.agendas: dict[str, EmployeeBookings] = {}
        self.decided: dict[str, Reply] = {}
        self.answers: Mapping[tuple[str, ReplyKind, str], LedgerRow] = {}
        """Where answers stand: see ``MemoryFrontDesk``."""
        self.writes = 0
        self._reader = ShiftReader(ZoneInfo("UTC"), lexicons("shifts"))

    def put(self, shift_id: str, info: str = "", **attributes: Any) -> None:
        item = {"shift_id": shift_id, "shift_info": info, "shift_status": "available", **attributes}
        self.rows[shift_id] = {name: value for name, value in item.items() if value is not None}

    def edit(self, shift_id: str, **attributes: Any) -> None:
        """Change an item by hand; None removes."""
        self.rows[shift_id] = {
            name: value for name, value in {**self.rows[shift_id], **attributes}.items() if value is not None
        }

    def get(self, shift_id: str) -> Shift | None:
        row = self.rows.get(shift_id)
        return None if row is None else self._reader.read(dict(row))

    def write(self, effect: Effect) -> None:
        self.writes += 1
        self._check(*effect.changed)
        answer = self.answers.get((effect.person, ReplyKind.INBOUND, effect.message_id))
        if (
            effect.message_id in self.decided
            or (answer is not None and answer.status is not DeliveryStatus.QUEUED)
        ) or (
            effect.before != effect.after
            and self.agendas.get(effect.person, EmployeeBookings()) != effect.before
        ):
            raise ChangedMeanwhile
        self._store(*effect.changed)
        self.decided[effect.message_id] = effect.decided
        self.agendas[effect.person] = effect.after

    def save(self, shift: Shift) -> None:
        self._check(shift)
        self._store(shift)

    def of(self, numbers: Sequence[str]) -> dict[str, EmployeeBookings]:
        return {number: self.agendas.get(number, EmployeeBookings()) for number in numbers}

    def replace(
        self, number: str, *, before: EmployeeBookings, after: EmployeeBookings, now: datetime
    ) -> None:
        if self.agendas.get(number, EmployeeBookings()) != before:
            raise ChangedMeanwhile
        self.agendas[number] = after

    def available(self, *, after: str | None) -> Iterator[Shift]:
        for shift_id in sorted(self.rows):
            shift = self.get(shift_id)
            if shift and shift.status == ShiftStatus.AVAILABLE and (after is None or shift_id > after):
                yield shift

    def ids(self) -> Iterator[str]:
        wanted = (ShiftStatus.AVAILABLE, ShiftStatus.TAKEN)
        yield from (key for key, row in list(self.rows.items()) if row.get("shift_status") in wanted)

    def existing(self, shift_ids: Sequence[str]) -> list[str]:
        return [shift_id for shift_id in shift_ids if shift_id in self.rows]

    def taken(self) -> dict[str, str | None]:
        rows = self.rows.values()
        return {row["shift_id"]: row.get("employee") for row in rows if row.get("shift_status") == "taken"}

    def holders(self, shift_id: str) -> list[str]:
        """Who has a seat."""
        shift = self.get(shift_id)
        return sorted(shift.holders) if shift else []

    def _check(self, *shifts: Shift) -> None:
        for shift in shifts:
            row = self.rows.get(shift.shift_id)
            if row is None or any(row.get(name) != shift.stored.get(name) for name in COMPARED_ATTRIBUTES):
                raise ChangedMeanwhile

    def _store(self, *shifts: Shift) -> None:
        for shift in shifts:
            self.edit(shift.shift_id, **written_attributes(shift))
