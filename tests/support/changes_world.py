"""Runs a shift whose time and place operators change, and records what its holders know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest, ShiftChangeDetector
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import ShiftReader
from tests.support.dialogues.dialogue import ANN
from tests.support.memory.queues import MemoryQueue
from tests.support.seats_world import SeatsWorld

CHANGED = "Changed: "
_BEGINNINGS = ("Changed", "Cambio", "Changement", "Geändert")


@dataclass
class ChangesWorld(SeatsWorld):
    """A world in which reminders are off, so that texts about time and place are changes alone."""

    policy: BookingPolicy = field(default_factory=lambda: BookingPolicy(offer_minutes=10, reminder_hours=0))

    def put_shift(
        self, *, in_hours: float = 48, seats: int = 2, info: str = "night", site: str = "Harbor"
    ) -> None:
        """Adds A1, six hours long."""
        self.shifts.put("A1", info, seats=seats, site=site or None, **self.times(in_hours))

    def times(self, in_hours: float) -> dict[str, str]:
        """Returns the times of a shift of six hours."""
        start = self.start(in_hours)
        return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=6)).isoformat()}

    def start(self, in_hours: float) -> datetime:
        """Returns a start, counted from noon on 1 August."""
        return datetime(2026, 8, 1, 12, tzinfo=self.clock().tzinfo) + timedelta(hours=in_hours)

    def shift(self) -> Shift:
        """Returns A1."""
        shift = self.shifts.get("A1")
        assert shift is not None
        return shift

    def settle(self) -> None:
        """Lets changes settle, and sends what is due."""
        self.reconcile_shifts()
        self.clock.pass_time(minutes=2, seconds=1)
        self.reconcile_due()

    def reconcile_due(self) -> None:
        """Reconciles A1, as its timer requests, and sends what is due."""
        self.reconcile("A1")
        self.send_notices()

    def changes(self, number: str = ANN) -> list[str]:
        """Returns the texts to an employee about other times and places."""
        return [text for text in self.phones.heard(number) if text.startswith(_BEGINNINGS)]

    def edit_by_hand(self, **attributes: object) -> None:
        """Changes A1 as another program does, and hands the change to the function that follows the table."""
        before = dict(self.shifts.rows["A1"])
        self.shifts.edit("A1", **attributes)
        self.follow_change(before)

    def follow_change(self, before: Mapping[str, Any], after: Mapping[str, Any] | None = None) -> None:
        """Handles a change of A1, by default to its present state, and reconciles the shift as that requests."""
        requests = MemoryQueue[ReconcileRequest](self.clock)
        detector = ShiftChangeDetector(ShiftReader(), requests, self.shifts, retention_days=0)
        detector.handle(before, after or dict(self.shifts.rows["A1"]))
        for request in requests.waiting:
            read = ReconcileRequest.from_json(request.to_json())
            self.reconcile("A1", lost_seats=read.lost_seats)
        self.send_notices()

    def seat_texts(self, number: str = ANN) -> list[str]:
        """Returns the texts to an employee about a seat that an operator gave or took away."""
        return [
            text for text in self.phones.heard(number) if text.startswith(("Booked for you", "Taken off"))
        ]
