"""Sends the texts of an outbox in memory, one after another."""

from collections.abc import Mapping
from dataclasses import replace

from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendOutcome
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import InvocationDeadline
from shift_sms_runtime.messaging.send_once import SendOnce, TryAgainLater
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers, TextSource
from tests.support.clock import Clock, Deadline


class Unlimited:
    """Implements `Limiter`: gives every permit at once."""

    def wait(self, deadline: InvocationDeadline, parts: int) -> None:
        """Returns at once."""

    def record_accepted(self) -> None:
        """Does nothing."""

    def record_throttled(self) -> None:
        """Does nothing."""


class OutboxDrain:
    """Implements `OutboxWorkers`, but sends only when a test says so, without permits and without moving the clock."""

    def __init__(
        self,
        outbox: Outbox,
        sources: Mapping[ReplyKind, TextSource],
        send_once: SendOnce[ReplyKey],
        clock: Clock,
        *,
        starter: OutboxWorkers,
    ) -> None:
        """`starter` starts the real workers, which a test may run instead."""
        self._outbox = outbox
        self._sources = sources
        self._send_once = send_once
        self._clock = clock
        self._starter = starter
        self.started: set[Priority] = set()
        """The priorities for which workers were asked to run."""

    def ensure_running(self, priority: Priority) -> None:
        self.started.add(priority)
        self._starter.ensure_running(priority)

    def run(self, *, most: int = 1000) -> None:
        """Sends the texts that wait, the oldest first, if a worker was started."""
        for priority in (Priority.REPLY, Priority.NOTICE):
            if priority in self.started:
                for text in self._outbox.oldest(priority, most):
                    self._send(text)

    def _send(self, text: OutboxText) -> None:
        source, now = self._sources[text.kind], self._clock()
        rendered = source.render(text)
        if rendered is None or (rendered.deadline and (rendered.deadline - now).total_seconds() < 5):
            status = self._outbox.withdraw(text, "not due any longer")
            if status.final:
                self._finish(text, SendOutcome(status, earlier=True))
            elif self._send_once.settle_abandoned(text.key):
                self._finish(text, SendOutcome(DeliveryStatus.UNKNOWN))
            return
        outgoing = OutgoingText(text.phone_number, text.origination_identity, rendered.body)
        try:
            key = replace(rendered.key, outbox=text.row)
            self._finish(text, self._send_once.send(key, outgoing, Deadline(self._clock, 60)))
        except TryAgainLater:
            return

    def _finish(self, text: OutboxText, outcome: SendOutcome) -> None:
        if outcome.status not in text.row.removed_on:
            self._sources[text.kind].record_outcome(text, outcome)
        if outcome.earlier or outcome.status is not DeliveryStatus.SENT or not text.row.removed_on:
            self._outbox.remove(text)
