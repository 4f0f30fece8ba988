"""Stores the operator inbox in memory."""

from datetime import datetime

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus


class MemoryOperatorInbox:
    """Implements `OperatorInbox` and `InboxNoticeLimit` in memory."""

    def __init__(self) -> None:
        self.items: dict[str, InboxItem] = {}
        self.outcomes: dict[str, tuple[InboxStatus, str]] = {}
        """The status of each item with a reply, and why the reply was not sent."""
        self.told_at: datetime | None = None
        """When the text was received of which managers were told last."""

    def record_outcome(self, message_id: str, status: InboxStatus, error: str, *, now: datetime) -> None:
        self.outcomes.setdefault(message_id, (status, error))

    def begin_notice(self, at: datetime, *, not_since: datetime) -> bool:
        if self.told_at is not None and self.told_at != at and self.told_at > not_since:
            return False
        self.told_at = at
        return True
