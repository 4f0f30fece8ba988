"""Keeps the operator inbox in memory."""

from datetime import datetime

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus, OperatorReply


class MemoryOperatorInbox:
    """The Messages table in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, InboxItem] = {}
        self.status: dict[str, tuple[InboxStatus, str]] = {}

    def keep(self, message: InboxItem) -> None:
        self.kept.setdefault(message.message_id, message)

    def answered(self, answer: OperatorReply, status: InboxStatus, error: str, *, now: datetime) -> None:
        self.status.setdefault(answer.message_id, (status, error))
