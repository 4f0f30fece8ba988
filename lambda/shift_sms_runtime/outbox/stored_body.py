"""Texts whose body was stored when they were queued."""

from shift_sms_runtime.messaging.outgoing_text import SendOutcome
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText


class StoredBody:
    """Implements `TextSource` for texts with a stored body whose outcomes need no follow-up."""

    def render(self, text: OutboxText) -> RenderedText | None:
        """See `TextSource.render`."""
        return None if text.body is None else RenderedText(text.body, text.key)

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        """Does nothing."""
