"""Protocols of the OperatorInbox table."""

from datetime import datetime
from typing import Protocol

from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus


class OperatorInbox(Protocol):
    """The OperatorInbox table."""

    def record_outcome(self, message_id: str, status: InboxStatus, error: str, *, now: datetime) -> None:
        """Records the outcome of a reply on its item, unless the item is no longer open.

        Args:
            message_id: the id of the item.
            status: `REPLIED` or `NOT_SENT`.
            error: tells the operator why the reply was not sent; empty if it was sent.
            now: the time of the outcome.
        """


class InboxNoticeLimit(Protocol):
    """When managers were last told of the operator inbox. The OperatorInbox table has it."""

    def begin_notice(self, at: datetime, *, not_since: datetime) -> bool:
        """Records that managers are told of a text, unless they were told of a later one, or of one since a time.

        Args:
            at: when the text was received.
            not_since: the time.

        Returns:
            Whether they are told, also if an earlier call for the same text has recorded it.
        """
