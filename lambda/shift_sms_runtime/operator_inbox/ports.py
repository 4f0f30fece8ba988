"""What the operator inbox needs of its table."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus, OperatorReply


class AnswerDesk(Protocol):
    """The Messages table."""

    def answered(self, answer: OperatorReply, status: InboxStatus, error: str, *, now: datetime) -> None:
        """Write what became of the answer to a message that is open; ``error`` is for the operator."""


class MessageDesk(Protocol):
    """Where words for a person are kept."""

    def keep(self, message: InboxItem) -> None:
        """Keep one, unless it is there already."""
