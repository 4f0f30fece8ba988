"""A worker of the outbox: sends waiting texts, the oldest first.

It sends them at the rate of the number.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from shift_sms_runtime.messaging.ledger import ReplyKey
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Announcement, Priority
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendLedger, SendPermits, SmsSender
from shift_sms_runtime.messaging.rate_limiter import PermitTooLate, RateLimiter
from shift_sms_runtime.messaging.send_once import (
    ATTEMPT_SECONDS,
    AccountLimitReached,
    ClaimedElsewhere,
    DestinationProblem,
    EarlierDeadline,
    NumberBusy,
    SendOnce,
    TransientFailure,
    TryAgainLater,
)
from shift_sms_runtime.outbox.follow_ups import NOT_DUE, FollowUps
from shift_sms_runtime.outbox.next_text import next_text
from shift_sms_runtime.outbox.outbox_text import OutboxText, OutboxTurn
from shift_sms_runtime.outbox.ports import Outbox
from shift_sms_runtime.outbox.sender import outbox_key, outgoing_text
from shift_sms_runtime.queue_messages import Queue

MAX_RETRY_SECONDS = 12.0
"""How long a throttled text is retried before its claim is released."""

_LEASE = timedelta(seconds=10)
_RENEW_AFTER = timedelta(seconds=3)
"""How old a lease becomes before a worker that sends nothing renews it."""

_ENDING_SECONDS = 4.0
"""The end of an invocation, in which no send begins. The worker puts its next turn instead."""

_FURTHER_WAITS = timedelta(seconds=1.5)
"""How long lower priorities yield to further texts, beyond the time of a permit."""

_READ_AGAIN_AFTER = timedelta(seconds=2)
"""How old a read of the outbox becomes before the worker reads it again."""
_IDLE_SECONDS = 0.5
"""How long a worker waits while other workers send all texts."""
_TEXTS_PER_WORKER = 4
"""How many waiting texts justify one more worker."""
_MIN_PAGE, _PAGE_PER_WORKER = 40, 10
_STARTING = timedelta(seconds=10)
"""How long a started worker may take until it has a lease."""
_BETWEEN_INVOCATIONS = timedelta(seconds=5)
"""How long a worker may have no lease between two of its invocations."""

_MAX_PERMIT_AGE = timedelta(milliseconds=100)
"""How old an unused permit becomes before it is lost."""
_MAX_NOTICE_WAIT = 3.0
"""How many seconds a notice waits for its permit before the worker looks for replies."""

_CLAIMED = timedelta(seconds=3)
"""How long a worker skips a text that another sender has claimed."""
_TRANSIENT_SECONDS = 1.0
"""How long a worker waits after a failure of the network."""

PAUSE = timedelta(seconds=30)
"""How long a worker pauses when it cannot send any text.

Texts that it could not send wait as long.
"""
_BEFORE_NEXT_TURN = timedelta(seconds=2)
"""How long before its next turn a paused worker's lease ends: clocks can differ."""
_LONG_WAIT = timedelta(seconds=20)
"""A worker pauses if its permit begins later; otherwise it waits in its next invocation."""
_MAX_FAILURES = 20
"""The number of texts in a row that could not be sent before a worker pauses.

The reason then probably concerns all texts.
"""
_LONGEST_INVOCATION = timedelta(seconds=60)
"""The timeout of the function."""


class OutboxWorker:
    """Runs one worker per invocation."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        ledger: SendLedger[ReplyKey],
        sms: SmsSender,
        permits: SendPermits,
        follow_ups: FollowUps,
        turns: Queue[OutboxTurn],
        messages_per_second: float,
        workers: int,
        clock: Clock,
        on_blocked: Callable[[str], None],
        on_failed: Callable[[Exception], None],
        on_rate_too_high: Callable[[], None],
    ) -> None:
        """Sets up a worker.

        Args:
            outbox: The texts that wait.
            ledger: Records the status of each text.
            sms: Sends texts.
            permits: The permits and the leases of the workers.
            follow_ups: Renders texts and records their outcomes.
            turns: The queue that starts workers.
            messages_per_second: Message parts per second of the origination identity.
            workers: How many workers there can be.
            clock: Returns the current time.
            on_blocked: Called with the reason when a text cannot be sent until an operator acts, for metrics.
            on_failed: Called when a text failed unexpectedly, for the log and metrics.
            on_rate_too_high: See `RateLimiter`.
        """
        self.outbox = outbox
        self.ledger = ledger
        self.sms = sms
        self.permits = permits
        self.follow_ups = follow_ups
        self.turns = turns
        self.messages_per_second = messages_per_second
        self.workers = workers
        self.clock = clock
        self.on_blocked = on_blocked
        self.on_failed = on_failed
        self.on_rate_too_high = on_rate_too_high

    def drain(self, turn: OutboxTurn, deadline: InvocationDeadline) -> None:
        """Sends texts until none waits or the time of the invocation is over.

        Then the worker puts its next turn.

        Does nothing if another invocation runs this worker.
        """
        _Invocation(self, turn, deadline).run()


class _Invocation:
    """One invocation of a worker."""

    def __init__(self, services: OutboxWorker, turn: OutboxTurn, deadline: InvocationDeadline) -> None:
        self._services = services
        self._clock = services.clock
        self._turn = turn
        self._worker = turn.worker % services.workers
        self._deadline = deadline
        self._over = False
        self._running: frozenset[int] = frozenset({self._worker})
        self._lease_renewed_at = self._clock()
        self._expected: dict[int, datetime] = {}
        """Until when workers are expected to run, or to be started by a turn that was put."""
        self._page: list[OutboxText] = []
        """The oldest texts at `_read_at`, without those that were handled since."""
        self._read_at: datetime | None = None
        self._priority = Priority.REPLY
        """The priority of the page."""
        self._texts_wait = False
        """Whether a text of any priority waited at `_read_at` that this invocation may still send."""
        self._claimed_elsewhere: dict[OutboxText, datetime] = {}
        """Until when texts are skipped because other senders have claimed them."""
        self._blocked: set[OutboxText] = set()
        """Texts that this invocation does not try again."""
        self._failures = 0
        """How many texts were blocked one after the other."""
        self._permit_wait = timedelta(0)
        """How long the last permit took."""
        self._permit: tuple[int, datetime] | None = None
        """The message parts of a permit that was not used, and when it began."""
        self._limiters = {priority: self._limiter(priority) for priority in (Priority.REPLY, Priority.NOTICE)}
        self._sends = {
            priority: SendOnce(
                services.ledger,
                services.sms,
                self._clock,
                limiter=limiter,
                max_retry_seconds=MAX_RETRY_SECONDS,
                claim_waits=(),
            )
            for priority, limiter in self._limiters.items()
        }

    def run(self) -> None:
        if not self._take_lease():
            self._check_later()
            return
        try:
            while not self._over:
                self._step()
        except Exception:
            # Another worker can start before the message of this one returns.
            with contextlib.suppress(Exception):
                self._services.permits.end_worker(self._worker)
            raise

    def _step(self) -> None:
        if self._deadline.remaining() <= ATTEMPT_SECONDS + _ENDING_SECONDS:
            self._pass_on()
            return
        text = self._next_text()
        if text is not None:
            self._handle(text)
        elif self._texts_wait:
            self._idle(_IDLE_SECONDS)
        else:
            self._end()

    def _take_lease(self) -> bool:
        """Takes the lease of this worker; returns False if another invocation has it."""
        if not self._services.permits.take_worker(self._worker, uuid4().hex, self._clock() + _LEASE):
            return False
        self._renew_lease()
        return True

    def _renew_lease(self) -> None:
        now = self._clock()
        self._running = self._services.permits.keep_worker(self._worker, now + _LEASE) | {self._worker}
        self._lease_renewed_at = now

    def _check_later(self) -> None:
        """Puts a turn for the time after the other invocation of this worker.

        Both may have been started by one message, which leaves the queue when this invocation ends. If the other one
        stops, nothing else would start the worker again.
        """
        if not self._turn.check:
            self._services.turns.put([OutboxTurn(self._worker, check=True)], delay=_LONGEST_INVOCATION)

    def _pass_on(self) -> None:
        """Puts the next turn, and ends the invocation.

        The lease ends first, because a turn does nothing while another invocation holds the lease.
        """
        self._services.permits.end_worker(self._worker)
        self._services.turns.put([OutboxTurn(self._worker)])
        self._over = True

    def _end(self) -> None:
        """Ends the worker unless a text was added meanwhile; blocked texts are tried later."""
        if self._blocked:
            self._retry_later()
        self._services.permits.end_worker(self._worker)
        self._read()
        self._over = not self._texts_wait or not self._take_lease()

    def _retry_later(self) -> None:
        """Puts a later turn for the blocked texts, unless another worker has put one.

        Keeps no lease: a text that is added meanwhile starts a worker at once.
        """
        if self._services.permits.begin_retry_pause(self._clock() + PAUSE - _BEFORE_NEXT_TURN):
            self._services.turns.put([OutboxTurn(self._worker)], delay=PAUSE)

    def _pause(self, span: timedelta) -> None:
        """Ends the invocation, and puts a later turn.

        Until then the lease keeps other texts from starting workers.
        """
        self._services.permits.keep_worker(self._worker, self._clock() + span - _BEFORE_NEXT_TURN)
        self._services.turns.put([OutboxTurn(self._worker)], delay=span)
        self._over = True

    def _idle(self, seconds: float) -> None:
        self._deadline.wait(seconds)
        self._read_at = None
        if self._clock() - self._lease_renewed_at > _RENEW_AFTER:
            self._renew_lease()

    def _next_text(self) -> OutboxText | None:
        if self._read_at is not None and self._clock() - self._read_at <= _READ_AGAIN_AFTER:
            text = self._choose()
            if text is not None:
                return text
        self._read()
        return self._choose()

    def _choose(self) -> OutboxText | None:
        now = self._clock()
        return next_text(
            self._page,
            worker=self._worker,
            running=self._running,
            workers=self._services.workers,
            now=now,
            skipped=lambda text: self._is_claimed_elsewhere(text, now),
        )

    def _is_claimed_elsewhere(self, text: OutboxText, now: datetime) -> bool:
        return self._claimed_elsewhere.get(text, now) > now

    def _read(self) -> None:
        """Reads the oldest replies; the oldest notices if other senders have claimed every reply."""
        limit = _MIN_PAGE + _PAGE_PER_WORKER * self._services.workers + len(self._blocked)
        self._texts_wait = False
        for priority in self._limiters:
            self._priority = priority
            texts = self._services.outbox.oldest(priority, limit)
            self._page = [text for text in texts if text not in self._blocked]
            self._texts_wait = self._texts_wait or bool(self._page)
            now = self._clock()
            if not all(self._is_claimed_elsewhere(text, now) for text in self._page):
                break
        self._read_at = self._clock()
        self._start_workers()

    def _start_workers(self) -> None:
        """Starts workers for the texts that wait. Only the first of the running workers does so."""
        if self._worker != min(self._running):
            return
        now = self._clock()
        wanted = min(self._services.workers, 1 + len(self._page) // _TEXTS_PER_WORKER)
        self._expected.update(dict.fromkeys(self._running, now + _BETWEEN_INVOCATIONS))
        expected = {worker for worker, until in self._expected.items() if until > now}
        missing = [worker for worker in range(self._services.workers) if worker not in expected]
        new = missing[: max(0, wanted - len(expected))]
        self._expected.update(dict.fromkeys(new, now + _STARTING))
        if new:
            self._services.turns.put([OutboxTurn(worker) for worker in new])

    def _handle(self, text: OutboxText) -> None:
        """Sends a text. If it cannot be sent now, decides when it is tried again."""
        try:
            self._send(text)
        except ClaimedElsewhere:
            self._claimed_elsewhere[text] = self._clock() + _CLAIMED
        except PermitTooLate as late:
            self._wait_for_permits(late)
        except NumberBusy:
            pass
        except TransientFailure:
            self._idle(_TRANSIENT_SECONDS)
        except AccountLimitReached as limit:
            self._services.on_blocked(str(limit))
            self._pause(PAUSE)
        except TryAgainLater as problem:
            self._services.on_blocked(str(problem))
            self._block(text, one_destination=isinstance(problem, DestinationProblem))
        except Exception as error:  # noqa: BLE001 - other texts can be sent
            self._services.on_failed(error)
            self._block(text, one_destination=False)

    def _wait_for_permits(self, late: PermitTooLate) -> None:
        if self._priority is Priority.NOTICE:
            # Replies may be waiting.
            self._idle(_IDLE_SECONDS)
            return
        span = late.free_at - self._clock()
        if span > _LONG_WAIT:
            self._pause(min(PAUSE, span))
        else:
            self._pass_on()

    def _block(self, text: OutboxText, *, one_destination: bool) -> None:
        self._blocked.add(text)
        self._forget(text)
        if not one_destination:
            self._failures += 1
            if self._failures >= _MAX_FAILURES:
                self._pause(PAUSE)

    def _forget(self, text: OutboxText) -> None:
        if text in self._page:
            self._page.remove(text)

    def _send(self, text: OutboxText) -> None:
        rendered = self._services.follow_ups.render(text)
        if rendered is None:
            self._withdraw(text, NOT_DUE)
            return
        reason = self._services.follow_ups.withdrawal_reason(text, rendered, self._clock())
        if reason is not None:
            self._withdraw(text, reason)
            return
        outgoing = outgoing_text(text, rendered)
        self._wait_for_permit(outgoing.parts)
        reason = self._services.follow_ups.withdrawal_reason(text, rendered, self._clock())
        if reason is not None:
            self._withdraw(text, reason)
            return
        permit, self._permit = self._permit, None
        try:
            outcome = self._sends[self._priority].send(outbox_key(text, rendered), outgoing, self._deadline)
        except ClaimedElsewhere:
            self._permit = permit
            raise
        if outcome.earlier:
            self._permit = permit
        self._failures = 0
        self._services.follow_ups.finish(text, outcome)
        self._forget(text)

    def _wait_for_permit(self, parts: int) -> None:
        """Waits for a permit, unless the last one was not used because its text was gone."""
        now = self._clock()
        if self._permit is not None:
            unused_parts, began = self._permit
            if parts <= unused_parts and now - began <= _MAX_PERMIT_AGE:
                return
        self._permit = None
        limiter = self._limiters[self._priority]
        limiter.wait(self._permit_deadline(), parts)
        self._lease_renewed_at = now
        self._permit_wait = self._clock() - now
        self._running = limiter.running_workers | {self._worker}
        self._permit = parts, self._clock()

    def _permit_deadline(self) -> InvocationDeadline:
        kept = _ENDING_SECONDS
        if self._priority is Priority.NOTICE:
            kept = max(kept, self._deadline.remaining() - ATTEMPT_SECONDS - _MAX_NOTICE_WAIT)
        return EarlierDeadline(self._deadline, kept)

    def _withdraw(self, text: OutboxText, reason: str) -> None:
        status = self._services.follow_ups.withdraw(text, reason)
        if status.final:
            self._forget(text)
        elif status is DeliveryStatus.SENDING and not self._sends[self._priority].settle_abandoned(text.key):
            self._claimed_elsewhere[text] = self._clock() + _CLAIMED

    def _limiter(self, priority: Priority) -> RateLimiter:
        return RateLimiter(
            self._services.permits,
            self._clock,
            priority=priority,
            messages_per_second=self._services.messages_per_second,
            announcement=self._announcement,
            on_rate_too_high=self._services.on_rate_too_high,
        )

    def _announcement(self) -> Announcement:
        """Returns what a reservation writes too: the lease, and that further texts wait.

        Both last until the next reservation of this worker.
        """
        now = self._clock()
        further_text_waits = len(self._page) > 1
        waits_until = {self._priority: now + _FURTHER_WAITS + self._permit_wait} if further_text_waits else {}
        return Announcement(waits_until, self._worker, now + _LEASE + self._permit_wait)
