"""A world with two employees and the managers who are told what happens."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shift_sms_runtime.employees.manager_index import ManagerIndex
from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.operator_inbox.inbox_notices import InboxNotices, NewText
from shift_sms_runtime.shifts.manager_notices.event import ManagerEvent
from tests.support.clock import Deadline
from tests.support.crash_points import stepwise
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.inbound_world import InboundWorld
from tests.support.memory.employees import EmployeeRow
from tests.support.memory.segment_members import MemorySegmentMembers

MAX, MIA = "+14255550201", "+14255550202"
"""Managers."""
QUIET_HOURS_WITH_CHANGE_OF_CLOCKS = (
    # Clocks go forward at 02:00, and back at 03:00.
    (datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
    (datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
)
"""A moment in quiet hours of 21:00 to 08:00 in Berlin, and their end, in two nights in which clocks change."""


@dataclass
class ManagersWorld(InboundWorld):
    """Ann and Bob, and managers. The start of a shift is in hours from now."""

    managers: MemorySegmentMembers = field(default_factory=lambda: MemorySegmentMembers({}))

    def __post_init__(self) -> None:
        super().__post_init__()
        self.employees.rows[ANN].name, self.employees.rows[BOB].name = "Ann Lee", "Bob"
        assert self.manager_notices is not None
        inbox = stepwise(self.operator_inbox, self.steps)
        requests = stepwise(self.reconcile_requests, self.steps)
        self.inbox_notices = InboxNotices(inbox, self.manager_notices, requests, self.clock)

    def put_manager(self, number: str = MAX, **attributes: Any) -> None:
        """Adds a manager, or changes one, as the stream of the Employees table tells it."""
        before = self.employees.of([number]).get(number)
        self.employees.rows[number] = EmployeeRow(**{"roles": frozenset({"manager"}), **attributes})
        ManagerIndex(self.managers).handle(before, self.employees.of([number])[number])

    def put_shift(self, code: str = "A1", starts_in: float = 48, **attributes: Any) -> None:
        """Adds a shift."""
        start = self.clock() + timedelta(hours=starts_in)
        self.shifts.put(code, "late", starts_at=start.isoformat(), **attributes)

    def put_holder(self, number: str = ANN, code: str = "A1") -> None:
        """Books a seat for an employee. Moves all events of the shift back, so that no `filled` is due.

        40 hours are longer than notices are queued with quiet hours, and shorter than `TOLD_FOR`. Must be called before
        other events.
        """
        self.deliver(number, code)
        shift = self.shifts.get(code)
        assert shift is not None
        assert number in shift.holders
        events = tuple(replace(one, at=one.at - timedelta(hours=40)) for one in shift.manager_events)
        self.shifts.save(replace(shift, manager_events=events))

    def record(self, kind: ManagerNotice, code: str = "A1", **attributes: Any) -> ManagerEvent:
        """Records an event of a shift, as the function that causes it does."""
        self.shifts.edit(code, **attributes)
        shift = self.shifts.get(code)
        assert shift is not None
        changed = shift.with_manager_event(kind, self.clock())
        self.shifts.save(changed)
        return next(one for one in changed.manager_events if one.kind is kind)

    def receive(self, sender: str = ANN) -> NewText:
        """Puts a text into the operator inbox, as the stream of the table tells it."""
        text = NewText(sender, self.clock())
        self.tell_of(text)
        return text

    def tell_of(self, text: NewText, *, seconds: float = 60) -> bool:
        """Handles a text in the operator inbox. Its notices wait in the outbox."""
        return self.inbox_notices.handle(text, Deadline(self.clock, seconds))

    def told(self, number: str = MAX) -> list[str]:
        """Reconciles, sends what waits, and returns the texts to a manager so far."""
        self.reconcile_shifts()
        return self.phones.heard(number)
