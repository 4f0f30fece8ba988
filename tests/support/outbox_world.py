"""Runs the workers of the outbox concurrently, on tables and queues in memory and a virtual clock."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import (
    DeliveryStatus,
    NotSent,
    OutgoingText,
    SendOutcome,
    SendResult,
    Sent,
)
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.rate_limiter import RateLimiter
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.outbox.follow_ups import FollowUps
from shift_sms_runtime.outbox.outbox_text import OutboxText, OutboxTurn, RenderedText
from shift_sms_runtime.outbox.sender import MAX_RETRY_SECONDS, OutboxSender
from shift_sms_runtime.outbox.worker import OutboxWorker
from shift_sms_runtime.outbox.workers import WorkerStarter
from shift_sms_runtime.queue_messages import NO_DELAY
from tests.support.clock import Clock
from tests.support.concurrent_functions import ConcurrentFunctions
from tests.support.crash_points import Killed, Steps, stepwise
from tests.support.functions_on_moto import OUR_NUMBER
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.outbox import MemoryOutbox
from tests.support.memory.send_ledger import LedgerRow
from tests.support.memory.send_permits import MemorySendPermits

T = TypeVar("T")

CALL_SECONDS, SEND_SECONDS = 0.01, 0.1
VISIBILITY_SECONDS, MAX_RECEIVES = 70.0, 8
TIMEOUT_SECONDS = 60.0


@dataclass
class TimedPhones:
    """Accepts texts at a rate, with bursts of a second. `refuse` overrides this for single texts."""

    clock: Clock
    allowed_per_second: int | None = None
    refuse: Callable[[OutgoingText], SendResult | None] = lambda _text: None
    accepted: list[tuple[datetime, OutgoingText]] = field(default_factory=list)
    attempts: int = 0
    throttled: int = 0

    def send(self, text: OutgoingText) -> SendResult:
        self.attempts += 1
        refused = self.refuse(text)
        if refused is not None:
            return refused
        if self.allowed_per_second is not None:
            second_ago = self.clock() - timedelta(seconds=1)
            recent = [at for at, _ in self.accepted[-self.allowed_per_second :] if at > second_ago]
            if len(recent) == self.allowed_per_second:
                self.throttled += 1
                return NotSent("ThrottlingException", transient=True, throttled=True)
        self.accepted.append((self.clock(), text))
        return Sent(f"sms-{self.attempts}")


@dataclass
class StoredTexts:
    """Renders stored bodies, with the deadlines of the texts that have one, and keeps the outcomes."""

    deadlines: dict[OutboxText, datetime] = field(default_factory=dict)
    not_due: set[OutboxText] = field(default_factory=set)
    broken: set[OutboxText] = field(default_factory=set)
    outcomes: list[tuple[OutboxText, DeliveryStatus]] = field(default_factory=list)

    def render(self, text: OutboxText) -> RenderedText | None:
        if text in self.broken:
            raise LookupError(text.reply_id)
        if text in self.not_due:
            return None
        return RenderedText(text.body or "", text.key, self.deadlines.get(text))

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        self.outcomes.append((text, outcome.status))


class OutboxWorld:
    """The outbox, its queue, its workers and the phone network."""

    def __init__(
        self, messages_per_second: int = 4, workers: int = 2, *, call_seconds: float = CALL_SECONDS
    ) -> None:
        self.clock = Clock()
        self.functions = ConcurrentFunctions(self.clock)
        self.functions_began = self.clock()
        self.conversations = MemoryConversations()
        self.outbox = MemoryOutbox(self.conversations, self.clock)
        self.permits = MemorySendPermits(self.clock)
        self.phones = TimedPhones(self.clock)
        self.source = StoredTexts()
        self.turns = TurnQueue(self)
        self.steps = Steps()
        """Takes a step for each call that a worker makes."""
        self.call_seconds = call_seconds
        self.rate = messages_per_second
        self.workers = workers
        self.blocked: list[str] = []
        self.failed: list[Exception] = []
        self.dead_letters: list[OutboxTurn] = []
        self.invocations = 0

    def drain(self, turn: OutboxTurn) -> None:
        """Runs one invocation of a worker."""
        self.invocations += 1
        follow_ups = FollowUps(self._slow(self.outbox), dict.fromkeys(ReplyKind, self._slow(self.source)))
        OutboxWorker(
            outbox=self._slow(self.outbox),
            ledger=self._slow(self.conversations),
            sms=self._slow(self.phones, SEND_SECONDS),
            permits=self._slow(self.permits),
            follow_ups=follow_ups,
            turns=self._slow(self.turns),
            messages_per_second=self.rate,
            workers=self.workers,
            clock=self.clock,
            on_blocked=self.blocked.append,
            on_failed=self.failed.append,
            on_rate_too_high=lambda: None,
        ).drain(turn, self.functions.deadline(TIMEOUT_SECONDS))

    def sender(self, steps: Steps) -> OutboxSender:
        """Returns the sender of a function that sends at once. Each of its calls takes a step."""
        outbox, conversations = stepwise(self.outbox, steps), stepwise(self.conversations, steps)
        permits, source = stepwise(self.permits, steps), stepwise(self.source, steps)
        limiter = RateLimiter(permits, self.clock, priority=Priority.REPLY, messages_per_second=self.rate)
        send_once = SendOnce(
            conversations,
            stepwise(self.phones, steps),
            self.clock,
            limiter=limiter,
            max_retry_seconds=MAX_RETRY_SECONDS,
            claim_waits=(),
        )
        return OutboxSender(
            send_once=send_once,
            limiter=limiter,
            follow_ups=FollowUps(outbox, dict.fromkeys(ReplyKind, source)),
            workers=WorkerStarter(permits, stepwise(self.turns, steps), self.clock),
            clock=self.clock,
        )

    def add(self, *texts: OutboxText) -> None:
        """Adds texts as a function does that sends nothing itself."""
        for text in texts:
            self.outbox.add(text)
        for priority in {text.priority: None for text in texts}:
            WorkerStarter(self.permits, self.turns, self.clock).ensure_running(priority)

    def add_later(self, seconds: float, *texts: OutboxText) -> None:
        """Adds texts after a number of seconds."""
        self.functions.start(lambda: self.add(*texts), after=seconds)

    def run(self, *, hours: float = 24.0) -> None:
        """Runs until no function runs and no message waits."""
        self.functions.run(hours=hours)

    def sent(self) -> list[str]:
        """Returns the bodies of the texts that the phones received, in their order."""
        return [text.body for _, text in self.phones.accepted]

    def sent_after(self) -> list[float]:
        """Returns the seconds after noon at which the phones received texts."""
        noon = Clock().time
        return [(at - noon).total_seconds() for at, _ in self.phones.accepted]

    def row(self, text: OutboxText) -> LedgerRow:
        """Returns the ledger row of a text."""
        return self.conversations.rows[self.conversations.row_key(text.key)]

    def statuses(self, texts: Sequence[OutboxText]) -> Counter[DeliveryStatus]:
        """Counts the statuses of texts."""
        return Counter(self.row(text).status for text in texts)

    def lease(self, seconds: float) -> datetime:
        """Returns the end of a lease that begins now."""
        return self.clock() + timedelta(seconds=seconds)

    def _slow(self, thing: T, seconds: float | None = None) -> T:
        functions, stepped = self.functions, stepwise(thing, self.steps)
        waits = self.call_seconds if seconds is None else seconds

        class Slow:
            def __getattr__(self, name: str) -> Any:
                def call(*args: Any, **kwargs: Any) -> Any:
                    if waits:
                        functions.wait(waits)
                    return getattr(stepped, name)(*args, **kwargs)

                return call

        return cast("T", Slow())


class TurnQueue:
    """Implements `Queue`: delivers each turn to a worker, again if its function fails, as SQS does."""

    def __init__(self, world: OutboxWorld) -> None:
        self._world = world
        self.put_turns: list[OutboxTurn] = []
        self._receiving = 0

    def put(self, messages: Sequence[OutboxTurn], *, delay: timedelta = NO_DELAY) -> None:
        for message in messages:
            assert OutboxTurn.from_json(message.to_json()) == message
            self.put_turns.append(message)
            self._deliver(message, delay.total_seconds() + 0.2)

    def _deliver(self, turn: OutboxTurn, after: float, receives: int = 1) -> None:
        self._world.functions.start(lambda: self._receive(turn, receives), after=after)

    def _receive(self, turn: OutboxTurn, receives: int) -> None:
        if self._receiving == self._world.workers:
            self._deliver(turn, 1.0, receives)
            return
        self._receiving += 1
        try:
            self._world.drain(turn)
        except (Exception, Killed):  # noqa: BLE001 - as Lambda
            if receives == MAX_RECEIVES:
                self._world.dead_letters.append(turn)
            else:
                self._deliver(turn, VISIBILITY_SECONDS, receives + 1)
        finally:
            self._receiving -= 1


def reply(number: int, *, at: float = 0.0, to: str | None = None) -> OutboxText:
    """Returns a reply to one of many phone numbers, to a text that arrived `at` seconds after noon."""
    return outbox_text(number, ReplyKind.STRANGER_REPLY, Priority.REPLY, at=at, to=to)


def notice(number: int, *, at: float = 0.0, to: str | None = None) -> OutboxText:
    """Returns a notice to one of many phone numbers."""
    return outbox_text(number, ReplyKind.NOTICE, Priority.NOTICE, at=at, to=to)


def outbox_text(
    number: int, kind: ReplyKind, priority: Priority, *, at: float = 0.0, to: str | None = None
) -> OutboxText:
    """Returns a text whose body is its number."""
    queued_at = Clock().time + timedelta(seconds=at)
    return OutboxText(
        to or f"+1206{5550000 + number:07}", kind, f"{number}", priority, OUR_NUMBER, queued_at, f"{number}"
    )
