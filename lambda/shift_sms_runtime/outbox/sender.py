"""Sends a text of the outbox at once if a permit is free. Otherwise workers send it."""

from dataclasses import replace

from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import OutgoingText, SendOutcome
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.rate_limiter import RateLimiter
from shift_sms_runtime.messaging.send_once import SendOnce, TryAgainLater
from shift_sms_runtime.outbox.follow_ups import FollowUps
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText
from shift_sms_runtime.outbox.ports import OutboxWorkers

MAX_RETRY_SECONDS = 2.0
"""How long a throttled text is retried before workers send it."""


class OutboxSender:
    """Sends texts of the outbox at once."""

    def __init__(
        self,
        *,
        send_once: SendOnce[ReplyKey],
        limiter: RateLimiter,
        follow_ups: FollowUps,
        workers: OutboxWorkers,
        clock: Clock,
    ) -> None:
        """Sets up a sender. Threads may share it.

        Args:
            send_once: Sends one text, with the same limiter.
            limiter: Limits the rate of replies.
            follow_ups: Records the outcomes.
            workers: Send the texts that cannot be sent at once.
            clock: Returns the current time.
        """
        self._send_once = send_once
        self._limiter = limiter
        self._follow_ups = follow_ups
        self._workers = workers
        self._clock = clock

    def send_now(
        self, text: OutboxText, rendered: RenderedText, deadline: InvocationDeadline
    ) -> SendOutcome | None:
        """Sends a text of the outbox if a permit is free.

        Does not send it while an older text of its priority waits.

        Records the outcome with the source of the text, and removes the text from the outbox.

        Returns:
            The outcome; None if the text waits in the outbox. Then a worker runs or was started.
        """
        reason = self._follow_ups.withdrawal_reason(text, rendered, self._clock())
        if reason is not None:
            status = self._follow_ups.withdraw(text, reason)
            if status.final:
                return SendOutcome(status)
        else:
            outgoing = outgoing_text(text, rendered)
            if self._limiter.try_now(outgoing.parts, deadline):
                try:
                    outcome = self._send_once.send(outbox_key(text, rendered), outgoing, deadline)
                except TryAgainLater:
                    # The text stays in the outbox. Its worker meets the same obstacle, or finds it gone.
                    pass
                else:
                    self._follow_ups.finish(text, outcome)
                    return outcome
        self._workers.ensure_running(text.priority)
        return None


def outgoing_text(text: OutboxText, rendered: RenderedText) -> OutgoingText:
    """Returns a text as it is sent."""
    return OutgoingText(
        text.phone_number, text.origination_identity, rendered.body, deadline=rendered.deadline
    )


def outbox_key(text: OutboxText, rendered: RenderedText) -> ReplyKey:
    """Returns the key of the ledger row, with the row in the outbox that settling removes."""
    return replace(rendered.key, outbox=text.row)
