"""Stores the operator inbox in memory."""

from collections.abc import Mapping, Set
from datetime import datetime

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus
from shift_sms_runtime.operator_inbox.ports import ToldManagers


class MemoryOperatorInbox:
    """Implements `OperatorInbox` and `InboxNoticeStore` in memory."""

    def __init__(self) -> None:
        self.items: dict[str, InboxItem] = {}
        self.outcomes: dict[str, tuple[InboxStatus, str]] = {}
        """The status of each item with a reply, and why the reply was not sent."""
        self.told: dict[str, datetime] = {}
        self.waits: dict[str, datetime] = {}
        self.waited_at: datetime | None = None

    def record_outcome(self, message_id: str, status: InboxStatus, error: str, *, now: datetime) -> None:
        self.outcomes.setdefault(message_id, (status, error))

    def managers(self) -> ToldManagers:
        return ToldManagers(told=dict(self.told), waits=dict(self.waits), waited_at=self.waited_at)

    def begin_notice(self, number: str, at: datetime, *, not_since: datetime) -> bool:
        told_at = self.told.get(number)
        if told_at is not None and told_at != at and told_at > not_since:
            return False
        self.told[number] = at
        return True

    def wait(self, until: Mapping[str, datetime], *, now: datetime) -> None:
        self.waits = {**until, **self.waits}
        self.waited_at = now

    def end_waiting(self, number: str, known: ToldManagers, *, told: bool) -> None:
        until = known.waits[number]
        if self.waits.get(number) != until or not (told or self.waited_at == known.waited_at):
            return
        del self.waits[number]
        if told:
            self.told[number] = until

    def open_senders(self) -> Set[str] | None:
        answered = self.outcomes.keys()
        return {
            item.phone_number
            for message_id, item in self.items.items()
            if message_id not in answered and not item.sick_call
        }
