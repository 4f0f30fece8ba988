"""What the operator inbox needs of its table."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.operator_inbox.inbox_item import InboxItem, InboxStatus, OperatorReply


class OperatorInbox(Protocol):
    """The OperatorInbox table."""

    def keep(self, item: InboxItem) -> None:
        """Adds an item, unless it is there already."""

    def settle(self, reply: OperatorReply, status: InboxStatus, error: str, *, now: datetime) -> None:
        """Closes an open item with the outcome of its reply.

        Args:
            reply: the reply.
            status: whether it was sent.
            error: why it was not sent, for the operator; empty if it was.
            now: the time of the outcome.
        """
