"""Withdraws texts that are not due any longer, and records the outcomes of texts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import (
    DEADLINE_PASSED,
    MIN_TIME_LEFT,
    DeliveryStatus,
    SendOutcome,
)
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText
from shift_sms_runtime.outbox.ports import Outbox, TextSource

NOT_DUE = "not due any longer"

_MAX_AGE = timedelta(days=14)
"""An older text is withdrawn.

Its ledger row expires a day later, so no text outlives its ledger row.
"""


class FollowUps:
    """Records the outcomes of texts and removes them from the outbox."""

    def __init__(self, outbox: Outbox, sources: Mapping[ReplyKind, TextSource]) -> None:
        """`sources` has the source of every kind of text that the function sends."""
        self._outbox = outbox
        self._sources = sources

    def render(self, text: OutboxText) -> RenderedText | None:
        """Returns what to send now; None if the text is not due any longer."""
        return self._sources[text.kind].render(text)

    def withdrawal_reason(self, text: OutboxText, rendered: RenderedText, now: datetime) -> str | None:
        """Returns why it is too late for a text; None if it is not."""
        if rendered.deadline is not None and rendered.deadline - now < MIN_TIME_LEFT:
            return DEADLINE_PASSED
        if now - text.queued_at > _MAX_AGE:
            return f"not sent within {_MAX_AGE.days} days"
        return None

    def withdraw(self, text: OutboxText, reason: str) -> DeliveryStatus:
        """Withdraws a text unless a sender has claimed it; returns its status."""
        status = self._outbox.withdraw(text, reason)
        if status.final and not (status is DeliveryStatus.STOPPED and status in text.row.removed_on):
            self.finish(text, SendOutcome(status, earlier=True))
        return status

    def finish(self, text: OutboxText, outcome: SendOutcome) -> None:
        """Records what follows from a final outcome, then removes the text from the outbox.

        Each step can be repeated. So a sender that stops between two of them loses nothing: the text is still in the
        outbox, and a worker that finds its final status takes the steps again.
        """
        needs_follow_up = outcome.status not in text.row.removed_on
        if needs_follow_up:
            self._sources[text.kind].record_outcome(text, outcome)
        if needs_follow_up or outcome.earlier:
            self._outbox.remove(text)
