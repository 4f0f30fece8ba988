"""Keeps the operator inbox in memory."""

from datetime import datetime

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus, OperatorReply


class MemoryOperatorInbox:
    """Implements `OperatorInbox` in memory."""

    def __init__(self) -> None:
        self.items: dict[str, InboxItem] = {}
        self.settled: dict[str, tuple[InboxStatus, str]] = {}
        """The outcome of each reply, and why it was not sent."""

    def keep(self, item: InboxItem) -> None:
        self.items.setdefault(item.message_id, item)

    def settle(self, reply: OperatorReply, status: InboxStatus, error: str, *, now: datetime) -> None:
        self.settled.setdefault(reply.message_id, (status, error))
