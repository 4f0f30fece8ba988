"""A text in the outbox, and the message that starts a worker."""

from dataclasses import dataclass
from datetime import UTC, datetime

from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.queue_messages import QueueMessage


@dataclass(frozen=True)
class OutboxText:
    """A text that waits to be sent. `phone_number`, `kind` and `reply_id` identify it, as in its ledger row."""

    phone_number: str
    """The recipient, E.164."""
    kind: ReplyKind
    reply_id: str
    priority: Priority
    origination_identity: str
    """The number that it leaves from: for a reply, the number that was texted."""
    queued_at: datetime
    """When the inbound text arrived or the notice became due. Texts of one priority are sent in this order."""
    body: str | None = None
    """None if the body is rendered from the current state when the text is sent."""
    shift_id: str | None = None
    """The shift that a notice is about; None for other texts."""

    @property
    def key(self) -> ReplyKey:
        """The key of its ledger row."""
        return ReplyKey(self.phone_number, self.reply_id, self.kind)

    @property
    def position(self) -> str:
        """Its place among the texts of its priority. Positions sort by `queued_at`."""
        queued_at = self.queued_at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"{queued_at}#{self.kind.name}#{self.phone_number}#{self.reply_id}"


@dataclass(frozen=True)
class RenderedText:
    """What is sent for an outbox text."""

    body: str
    key: ReplyKey
    """The key of the ledger row, with everything that settling the row needs."""
    deadline: datetime | None = None
    """After this time the text must not arrive; None if it may always arrive."""


@dataclass(frozen=True)
class OutboxTurn(QueueMessage):
    """Starts a worker that sends the texts of the outbox: a message of the outbox queue."""

    worker: int
    """The number of the worker, from 0."""
