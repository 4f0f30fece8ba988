"""A text in the outbox, and the message that starts a worker."""

import hashlib
from datetime import UTC, datetime

from shift_sms_runtime.messaging.ledger import OutboxPosition, ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.queue_messages import QueueMessage
from shift_sms_runtime.records import record

_WITHOUT_FOLLOW_UP = {
    ReplyKind.INBOUND: frozenset({DeliveryStatus.SENT}),
    ReplyKind.OPERATOR_REPLY: frozenset[DeliveryStatus](),
    ReplyKind.NOTICE: frozenset({DeliveryStatus.SENT}),
    ReplyKind.MANAGER_NOTICE: frozenset({DeliveryStatus.SENT}),
}
_DEFAULT_WITHOUT_FOLLOW_UP = frozenset({DeliveryStatus.SENT, DeliveryStatus.STOPPED})


@record
class OutboxText:
    """A text that waits to be sent.

    `phone_number`, `kind` and `reply_id` identify it, as in its ledger row.
    """

    phone_number: str
    """The recipient, E.164."""
    kind: ReplyKind
    reply_id: str
    priority: Priority
    origination_identity: str
    """The number that it leaves from: for a reply, the number that was texted."""
    queued_at: datetime
    """When the inbound text arrived or the notice became due.

    Texts of one priority are sent in this order.
    """
    body: str | None = None
    """None if the body is rendered from the current state when the text is sent."""
    shift_id: str | None = None
    """The shift that a notice is about; None for other texts."""
    campaign_id: str | None = None
    """The campaign that counts the text as a reply when it is added, for a text with a body."""

    follow_up: bool = False
    """Whether every outcome has to be recorded, also that the text was sent."""

    @property
    def key(self) -> ReplyKey:
        """The key of its ledger row."""
        return ReplyKey(self.phone_number, self.reply_id, self.kind, outbox=self.row)

    @property
    def row(self) -> OutboxPosition:
        """Its row in the Outbox table.

        The outcome of an operator's reply has to reach the operator inbox first. A booking whose reply was withdrawn
        has to be undone. A withdrawn offer has to be made to another employee. A withdrawn notice to a manager may have
        to be sent after quiet hours. Every other text that was sent or withdrawn needs no follow-up.
        """
        without_follow_up = _WITHOUT_FOLLOW_UP.get(self.kind, _DEFAULT_WITHOUT_FOLLOW_UP)
        removed_on = frozenset[DeliveryStatus]() if self.follow_up else without_follow_up
        return OutboxPosition(self.priority.value, self.position, removed_on)

    @property
    def position(self) -> str:
        """Its place among the texts of its priority. Positions sort by `queued_at`."""
        queued_at = self.queued_at.astimezone(UTC).isoformat(timespec="microseconds")
        # A sort key has at most 1,024 bytes. Source: Amazon DynamoDB Developer Guide, "Quotas and limits".
        reply = hashlib.sha256(f"{self.kind.name}#{self.reply_id}".encode(errors="replace")).hexdigest()[:16]
        return f"{queued_at}#{self.phone_number}#{reply}"


@record
class RenderedText:
    """What is sent for an outbox text."""

    body: str
    key: ReplyKey
    """The key of the ledger row, with everything that settling the row needs.

    The outbox sets its row in the outbox.
    """
    deadline: datetime | None = None
    """After this time the text must not arrive; None if it may always arrive."""


@record
class OutboxTurn(QueueMessage):
    """Starts a worker that sends the texts of the outbox: a message of the outbox queue."""

    worker: int
    """The number of the worker, from 0."""
    check: bool = False
    """Whether the message only checks that the worker has not died."""
