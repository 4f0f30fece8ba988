"""Many senders of one number, on a virtual clock, with a service that limits its rate."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from lab.phone_network.services.allowance import Allowance
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import NotSent, OutgoingText, SendResult, Sent
from shift_sms_runtime.messaging.permits import Permit, Priority, Reservation
from shift_sms_runtime.messaging.ports import SendPermits
from shift_sms_runtime.messaging.rate_limiter import RateLimiter
from shift_sms_runtime.messaging.send_once import SendOnce, TransientFailure
from tests.support.clock import NOON, Clock
from tests.support.concurrent_functions import ConcurrentFunctions
from tests.support.crash_points import Killed, Steps, Throttled, stepwise
from tests.support.memory.conversations import MemoryConversations
from tests.support.memory.send_permits import MemorySendPermits

NUMBER = "+12065550100"


@dataclass
class NumberInUse:
    """One number with functions that send from it.

    A call takes 4 to 15 ms, and a send takes 30 to 90 ms. The service accepts bursts of one second.
    """

    messages_per_second: float
    """The setting."""
    real_rate: float = 0
    """What the service accepts; by default the setting."""
    throttled_at_random: float = 0
    """The share of sends that the service throttles for another reason."""
    lost_responses: float = 0
    """The share of reservations whose response is lost."""
    crashes: float = 0
    """The share of reservations after which the function crashes."""
    clock_difference: float = 0
    """The most by which the clock of a function differs, in seconds."""
    seed: int = 0
    clock: Clock = field(default_factory=Clock)
    accepted: list[tuple[datetime, Priority]] = field(default_factory=list)
    throttled: int = 0
    warnings: int = 0
    wasted: int = 0
    """The reservations whose response was lost, or after which the function crashed."""
    waits: list[float] = field(default_factory=list)
    """How long each reply waited for its permit, in seconds."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        # The jitter of retries is random too. With this, a run depends on the seed alone.
        random.seed(self.seed)
        self.functions = ConcurrentFunctions(self.clock)
        self.steps = Steps()
        self.steps.on_step = lambda _step, after: None if after else self.functions.wait(self._call_seconds())
        self.permits = MemorySendPermits(self.clock)
        self._ledger = MemoryConversations()
        rate = self.real_rate or self.messages_per_second
        self._allowance = Allowance(rate, burst=int(rate) + 1)

    @property
    def duration(self) -> float:
        """The seconds from the beginning to the last accepted text."""
        return (max(at for at, _ in self.accepted) - NOON).total_seconds()

    @property
    def attempts(self) -> int:
        return len(self.accepted) + self.throttled

    def campaign(self, senders: int, texts: int, *, parts: int = 1) -> None:
        """Starts senders that share the texts of a campaign."""
        left = list(range(texts))

        def work() -> None:
            limiter, send = self._sender(Priority.CAMPAIGN)
            while left:
                text = left.pop()
                deadline = self.functions.deadline(60)
                try:
                    limiter.wait(deadline, parts)
                    send(f"campaign-{text}", parts)
                except (TransientFailure, Throttled):
                    left.append(text)
                except Killed:
                    left.append(text)
                    self.functions.start(work, after=1)
                    raise

        for _ in range(senders):
            self.functions.start(work)

    def reply(self, at: float) -> None:
        """Starts a reply some seconds after noon: at once if a permit is free, otherwise through an outbox worker."""

        def work() -> None:
            limiter, send = self._sender(Priority.REPLY)
            deadline = self.functions.deadline(60)
            arrived = self.clock()
            if not limiter.try_now(1, deadline):
                self.permits.announce(Priority.REPLY, self.clock() + timedelta(seconds=3))
                limiter.wait(deadline, 1)
            self.waits.append((self.clock() - arrived).total_seconds())
            send(f"reply-{at}", 1)

        self.functions.start(work, after=at)

    def notices(self, count: int) -> None:
        """Starts a worker that sends notices."""

        def work() -> None:
            limiter, send = self._sender(Priority.NOTICE)
            for number in range(count):
                self.permits.announce(Priority.NOTICE, self.clock() + timedelta(seconds=3))
                limiter.wait(self.functions.deadline(60), 1)
                send(f"notice-{number}", 1)

        self.functions.start(work)

    def run(self) -> "NumberInUse":
        self.functions.run()
        return self

    def _sender(self, priority: Priority) -> tuple[RateLimiter, Callable[[str, int], None]]:
        difference = timedelta(seconds=self.rng.uniform(-self.clock_difference, self.clock_difference))

        def clock() -> datetime:
            return self.clock() + difference

        permits = cast("SendPermits", _PermitsOfFunction(self, clock))
        limiter = RateLimiter(
            stepwise(permits, self.steps),
            clock,
            priority=priority,
            messages_per_second=self.messages_per_second,
            on_rate_too_high=self._count_warning,
        )
        service = _Service(self, priority)
        ledger = stepwise(self._ledger, self.steps)
        send_once = SendOnce(ledger, service, self.clock, limiter=limiter, max_retry_seconds=12)

        def send(text_id: str, parts: int) -> None:
            key = ReplyKey("+14255550101", text_id, ReplyKind.NOTICE)
            body = "x" * (153 * parts if parts > 1 else 1)
            send_once.send(key, OutgoingText(key.phone_number, NUMBER, body), self.functions.deadline(60))

        return limiter, send

    def _count_warning(self) -> None:
        self.warnings += 1

    def _call_seconds(self) -> float:
        return self.rng.uniform(0.004, 0.015)

    def attempt(self, text: OutgoingText, priority: Priority) -> SendResult:
        """Answers one request of a sender."""
        self.functions.wait(self.rng.uniform(0.015, 0.045))
        now = (self.clock() - NOON).total_seconds()
        if self.rng.random() < self.throttled_at_random or not self._allowance.take(now, text.parts):
            self.throttled += 1
            self.functions.wait(0.015)
            return NotSent("ThrottlingException", transient=True, throttled=True)
        self.accepted.append((self.clock(), priority))
        self.functions.wait(self.rng.uniform(0.015, 0.045))
        return Sent(f"sms-{len(self.accepted)}")


class _PermitsOfFunction:
    """The permits of a number as a function with a clock of its own sees them."""

    def __init__(self, number: NumberInUse, clock: Callable[[], datetime]) -> None:
        self._number = number
        self._clock = clock

    def reserve(self, reservation: Reservation) -> Permit:
        permit = self._number.permits.reserve(reservation, self._clock())
        chance = self._number.rng.random()
        if chance < self._number.crashes:
            self._number.wasted += permit.reserved
            raise Killed
        if chance < self._number.crashes + self._number.lost_responses:
            self._number.wasted += permit.reserved
            raise Throttled
        return permit


@dataclass(frozen=True)
class _Service:
    number: NumberInUse
    priority: Priority

    def send(self, text: OutgoingText) -> SendResult:
        return self.number.attempt(text, self.priority)
