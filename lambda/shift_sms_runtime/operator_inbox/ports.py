"""Protocols of the OperatorInbox table."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Protocol

from shift_sms_runtime.operator_inbox.inbox_item import InboxStatus
from shift_sms_runtime.records import record


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


@record
class ToldManagers:
    """When managers were told of the operator inbox, and who is told later. Both are by phone number."""

    told: Mapping[str, datetime]
    """The time of the last notice of each manager."""
    waits: Mapping[str, datetime]
    """When each manager is told who waits for the end of quiet hours."""
    waited_at: datetime | None = None
    """When a text last led to a manager who waits; None if none did."""


class InboxNoticeStore(Protocol):
    """When managers were told of the operator inbox, and who is told later. The OperatorInbox table has it."""

    def managers(self) -> ToldManagers:
        """Returns what is recorded. The read is consistent."""

    def begin_notice(self, number: str, at: datetime, *, not_since: datetime) -> bool:
        """Records that a manager is told of a text, unless they were told of a later one, or of one since a time.

        Args:
            number: the phone number of the manager.
            at: when the text was received.
            not_since: the time.

        Returns:
            Whether the manager is told, also if an earlier call for the same text has recorded it.
        """

    def wait(self, until: Mapping[str, datetime], *, now: datetime) -> None:
        """See `WaitingManagers.wait`."""

    def end_waiting(self, number: str, known: ToldManagers, *, told: bool) -> None:
        """Removes a manager who waits, unless they wait until another time than was read.

        Args:
            number: the phone number of the manager.
            known: what was read.
            told: whether the manager was told, which is recorded. One who was not keeps waiting if a later text has led
                to a manager who waits since the read.
        """

    def open_senders(self) -> Set[str] | None:
        """Returns the phone numbers of those whose texts wait for an operator; None if there are too many to read.

        Omits sick calls. The read may miss the texts of the last seconds.
        """
