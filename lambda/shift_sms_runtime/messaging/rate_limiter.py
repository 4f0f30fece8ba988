"""Limits the rate of sends: each text waits for a permit of the origination identity.

All senders of an identity reserve their spans of time in one row. So the spans never overlap, and together they use the
whole rate. Senders of lower priorities reserve little time ahead, and yield while texts of higher priorities wait.

If the service throttles texts, the identity sends slower than `messages_per_second`. Then `slow_down` grows, and with
it the span of each text: by 1 % per unit. A throttled text adds 5 units and an accepted one takes 1 away, so
`slow_down` settles where one of six texts is throttled. Where fewer texts are throttled, it returns to 0.
"""

import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from shift_sms_runtime.backoff import Backoff, doubling
from shift_sms_runtime.messaging.permits import Announcement, Permit, Priority, Reservation
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendPermits
from shift_sms_runtime.messaging.send_once import ATTEMPT_SECONDS, NumberBusy

THROTTLED_UNITS = 5
FACTOR_PER_UNIT = 1.01
MAX_SLOW_DOWN = 418
"""A span of 64 times the length."""
RATE_TOO_HIGH = 41
"""A span of 1.5 times the length."""

IMMEDIATE = timedelta(seconds=1)
"""How long a text that is sent at once waits for its permit at most."""
_MAX_DELAY_OF_HIGHER = timedelta(seconds=2)
"""How much reserved spans of lower priorities delay a text of a higher one.

A single text that takes longer delays it more.
"""
_AHEAD = timedelta(seconds=1)
"""How far ahead lower priorities reserve at most."""
_LEAD = timedelta(milliseconds=50)
"""How long before the end of its last span a sender reserves the next one."""
_SHORTEST_SPAN = timedelta(milliseconds=4)
"""The shortest span that a campaign reserves.

A fast identity would otherwise take more than 500 writes per second of one row, of which DynamoDB allows 1,000. So a
span has room for several texts of one sender.
"""
_MAX_SPARE_AGE = timedelta(seconds=10)
"""How long after it began the rest of a span is used. A short burst may exceed the rate by the rest of each sender."""
_FIRST_YIELD, _MAX_YIELD = 0.25, 1.0
"""Seconds between two reservations while texts of higher priorities wait."""

_SPREAD = 0.5
"""The largest part of the time ahead by which a sender delays its next reservation.

A sender delays it after a reservation that began too far ahead.
"""
_NOW, _ANY_TIME = timedelta(0), timedelta(days=1)


class PermitTooLate(NumberBusy):
    """The next permit begins too late for this invocation. The identity is free at `free_at`."""

    def __init__(self, free_at: datetime) -> None:
        super().__init__("the next permit begins too late for this invocation")
        self.free_at = free_at


class RateLimiter:
    """Reserves the permits of one sender.

    A sender reserves the permit of each text immediately before it, because a text takes a sender longer than the span
    of a permit. So a sender that ends early wastes one span. Campaigns of a fast identity reserve one span for several
    texts.
    """

    def __init__(
        self,
        permits: SendPermits,
        clock: Clock,
        *,
        priority: Priority,
        messages_per_second: float,
        announcement: Callable[[], Announcement] = Announcement,
        on_rate_too_high: Callable[[], None] = lambda: None,
    ) -> None:
        """Sets up the limiter of one sender. Threads may share it.

        Args:
            permits: The permits of the origination identity.
            clock: Returns the current time.
            priority: The priority of the texts.
            messages_per_second: Message parts per second that the identity may send.
            announcement: Returns what to write together with the next reservation.
            on_rate_too_high: Called for each reservation while the identity sends slower than two thirds of
                `messages_per_second`, for a metric.
        """
        self._permits = permits
        self._clock = clock
        self._priority = priority
        self._time_per_part = timedelta(seconds=1 / messages_per_second)
        self._announcement = announcement
        self._on_rate_too_high = on_rate_too_high
        self._lock = Lock()
        self._last_span_ends = clock()
        self._spare: tuple[int, datetime] | None = None
        """The message parts that the last span has room for, and when they begin."""
        self._accepted = self._throttled = self._correction = 0
        self._slow_down = 0
        self.running_workers: frozenset[int] = frozenset()
        """The outbox workers that held a lease at the last reservation."""

    def wait(self, deadline: InvocationDeadline, parts: int) -> None:
        """See `Limiter.wait`."""
        begins = self._take_spare(deadline, parts) or self._reserve(deadline, parts)
        self._wait_until(begins, deadline)

    def try_now(self, parts: int, deadline: InvocationDeadline) -> bool:
        """Waits for the next permit if it begins within a second.

        Returns without one if an older text of this priority waits.

        Returns:
            False if there is no such permit. Nothing is reserved then.
        """
        now = self._clock()
        latest = min(now + IMMEDIATE, self._latest(deadline))
        if latest < now:
            return False
        permit = self._request(self._span_of(parts), latest, immediate=True)
        if permit.reserved:
            self._wait_until(permit.begins, deadline)
        return permit.reserved

    def record_accepted(self) -> None:
        """See `Limiter.record_accepted`. The next reservation writes it."""
        with self._lock:
            self._accepted += 1

    def record_throttled(self) -> None:
        """See `Limiter.record_throttled`. The next reservation writes it."""
        with self._lock:
            self._throttled += 1

    def _take_spare(self, deadline: InvocationDeadline, parts: int) -> datetime | None:
        """Takes the time for a text from the rest of the last span; returns when it begins, or None."""
        with self._lock:
            spare, self._spare = self._spare, None
            if spare is None:
                return None
            free_parts, begins = spare
            if (
                parts > free_parts
                or self._clock() - begins > _MAX_SPARE_AGE
                or self._latest(deadline) < begins
            ):
                return None
            self._spare = self._rest(free_parts - parts, begins + self._span_of(parts))
            return begins

    def _reserved_parts(self, parts: int) -> int:
        """Returns the number of message parts that a span for a text has room for."""
        if self._priority is not Priority.CAMPAIGN:
            return parts
        return max(parts, math.ceil(_SHORTEST_SPAN / self._time_per_part))

    def _reserve(self, deadline: InvocationDeadline, text_parts: int) -> datetime:
        """Reserves a span, and waits for the time to do so; returns when the span begins."""
        parts = self._reserved_parts(text_parts)
        self._wait_for_last_span(deadline, parts)
        yields = Backoff(doubling(_FIRST_YIELD, maximum=_MAX_YIELD), sleep=deadline.wait)
        while True:
            span, now, latest = self._span_of(parts), self._clock(), self._latest(deadline)
            if latest < now:
                raise PermitTooLate(now)
            ahead = self._ahead(span)
            permit = self._request(span, min(latest, now + ahead), immediate=False)
            if permit.reserved:
                with self._lock:
                    self._spare = self._rest(parts - text_parts, permit.begins + self._span_of(text_parts))
                return permit.begins
            if permit.begins > latest:
                raise PermitTooLate(permit.begins)
            if permit.yields:
                yields.wait()
            else:
                # Senders that wait for the same time would refuse each other.
                spread = random.uniform(0, _SPREAD)  # noqa: S311 - spreads senders, protects nothing
                self._wait_until(permit.begins - ahead * (1 - spread), deadline)

    @staticmethod
    def _rest(parts: int, begins: datetime) -> tuple[int, datetime] | None:
        return (parts, begins) if parts else None

    def _wait_for_last_span(self, deadline: InvocationDeadline, parts: int) -> None:
        """Waits until shortly before the end of the sender's last span.

        An earlier reservation is often refused.
        """
        if self._priority is Priority.REPLY:
            return
        span = self._span_of(parts)
        lead = min(_LEAD, max(_NOW, self._ahead(span) - span))
        self._wait_until(min(self._last_span_ends - lead, self._latest(deadline)), deadline)

    def _wait_until(self, time: datetime, deadline: InvocationDeadline) -> None:
        deadline.wait(max(0.0, (time - self._clock()).total_seconds()))

    def _ahead(self, span: timedelta) -> timedelta:
        """Returns how far ahead a span of this length is reserved."""
        if self._priority is Priority.REPLY:
            return _ANY_TIME
        return min(_AHEAD, max(_NOW, _MAX_DELAY_OF_HIGHER - span))

    def _request(self, span: timedelta, latest: datetime, *, immediate: bool) -> Permit:
        with self._lock:
            accepted, throttled, correction = self._accepted, self._throttled, self._correction
            self._accepted = self._throttled = self._correction = 0
            change = correction + min(THROTTLED_UNITS * throttled, max(0, MAX_SLOW_DOWN - self._slow_down))
            change -= min(accepted, max(0, self._slow_down + change))
        permit: Permit | None = None
        try:
            permit = self._permits.reserve(
                Reservation(self._priority, span, latest, immediate, change, self._announcement())
            )
        finally:
            if permit is None or not permit.reserved:
                self._keep(accepted, throttled, correction)
        with self._lock:
            if permit.reserved:
                self._last_span_ends = permit.begins + span
                self._correction += _correction(change, permit.slow_down)
            self._slow_down = permit.slow_down
            self.running_workers = permit.running_workers
        if permit.reserved and permit.slow_down >= RATE_TOO_HIGH:
            self._on_rate_too_high()
        return permit

    def _keep(self, accepted: int, throttled: int, correction: int) -> None:
        """Keeps for the next reservation what this one has not written."""
        with self._lock:
            self._accepted += accepted
            self._throttled += throttled
            self._correction += correction

    def _latest(self, deadline: InvocationDeadline) -> datetime:
        return self._clock() + timedelta(seconds=deadline.remaining() - ATTEMPT_SECONDS)

    def _span_of(self, parts: int) -> timedelta:
        slow_down = min(MAX_SLOW_DOWN, max(0, self._slow_down))
        return self._time_per_part * (parts * FACTOR_PER_UNIT**slow_down)


def _correction(change: int, slow_down: int) -> int:
    """Returns the correction that the next reservation makes to `slow_down`.

    Concurrent changes can have exceeded its limits.
    """
    if change < 0:
        return min(-change, max(0, -slow_down))
    return -min(change, max(0, slow_down - MAX_SLOW_DOWN))
