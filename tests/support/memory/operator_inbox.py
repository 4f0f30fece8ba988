"""Stores the operator inbox in memory."""

from datetime import datetime

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus


class MemoryOperatorInbox:
    """Implements `OperatorInbox` in memory."""

    def __init__(self) -> None:
        self.items: dict[str, InboxItem] = {}
        self.outcomes: dict[str, tuple[InboxStatus, str]] = {}
        """The status of each item with a reply, and why the reply was not sent."""

    def record_outcome(self, message_id: str, status: InboxStatus, error: str, *, now: datetime) -> None:
        self.outcomes.setdefault(message_id, (status, error))
