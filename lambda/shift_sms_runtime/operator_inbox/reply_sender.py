"""Queues the reply that an operator wrote, once."""

from shift_sms_runtime.messaging.encoding import measure, with_gsm_substitutes
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.operator_inbox.inbox_item import OperatorReply
from shift_sms_runtime.operator_inbox.reply_outcomes import ReplyOutcomes
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers

TOO_LONG = "the reply is too long for one text"


class OperatorReplySender:
    """Adds the replies of operators to the outbox."""

    def __init__(
        self, *, outbox: Outbox, workers: OutboxWorkers, outcomes: ReplyOutcomes, clock: Clock
    ) -> None:
        self._outbox = outbox
        self._workers = workers
        self._outcomes = outcomes
        self._clock = clock

    def handle(self, reply: OperatorReply) -> DeliveryStatus | None:
        """Adds a reply to the outbox. `OperatorReplySource` records its outcome when it is sent.

        A repeated call adds nothing, even if the operator has edited the reply. It records the outcome of the reply
        that was sent, in case the operator has set the item to open again.

        Returns:
            The status of the reply; None if it is too long for one text.
        """
        body = with_gsm_substitutes(reply.text)
        if not measure(body).sendable:
            self._outcomes.record_error(reply.message_id, TOO_LONG)
            return None
        status = self._outbox.add(
            OutboxText(
                reply.phone_number,
                ReplyKind.OPERATOR_REPLY,
                reply.message_id,
                Priority.REPLY,
                reply.reply_from,
                queued_at=self._clock(),
                body=body,
            )
        )
        if status is not None and status.final:
            self._outcomes.record(reply.message_id, status)
        else:
            self._workers.ensure_running(Priority.REPLY)
        return status or DeliveryStatus.QUEUED
