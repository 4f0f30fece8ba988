"""Protocols of the outbox: its table, its workers, and the source of a text's body."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shift_sms_runtime.messaging.hourly_limit import TextCount
from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, SendOutcome
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText


class Outbox(Protocol):
    """The Outbox table, and the ledger rows of its texts."""

    def add(self, text: OutboxText, *, counted: TextCount | None = None) -> DeliveryStatus | None:
        """Adds a text and its ledger row with status QUEUED, in one transaction.

        Args:
            text: the text.
            counted: the inbound text that it replies to, if the transaction counts it for the hourly limit.

        Returns:
            None if the text was added; the status of its ledger row if an earlier call has added it.
        """

    def statuses(self, keys: Sequence[ReplyKey]) -> Mapping[ReplyKey, DeliveryStatus]:
        """Returns the statuses of texts, in one consistent read per 100 keys.

        Omits texts that were never added.
        """

    def oldest(self, priority: Priority, limit: int) -> Sequence[OutboxText]:
        """Returns the texts of a priority that wait, the oldest first. The read is consistent."""

    def withdraw(self, text: OutboxText, reason: str) -> DeliveryStatus:
        """Settles a text that is not due any longer as STOPPED, unless a sender has claimed it.

        Removes it too, unless its outcome needs a follow-up. Then a worker does both.

        Returns:
            The status of its ledger row after the call.
        """

    def remove(self, text: OutboxText) -> None:
        """Removes a text whose ledger row has a final status and whose outcome is recorded."""


class OutboxWorkers(Protocol):
    """The workers that send the texts of the outbox."""

    def ensure_running(self, priority: Priority) -> None:
        """Starts a worker unless one runs.

        Call it after every write that adds a text of this priority.
        """


class TextSource(Protocol):
    """Renders the texts of one kind when they are sent, and records their outcomes."""

    def render(self, text: OutboxText) -> RenderedText | None:
        """Returns what to send in the current state; None if the text is not due any longer."""

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        """Records what follows from a final outcome, such as an opt-out.

        Called for every outcome that needs a follow-up (see `OutboxText.row`), before the text leaves the outbox. It
        can be called several times for one text.
        """
