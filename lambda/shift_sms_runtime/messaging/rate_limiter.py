"""Limits the rate of sends: each text waits for a permit of the origination identity."""

from datetime import datetime, timedelta

from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendPermits
from shift_sms_runtime.messaging.send_once import ATTEMPT_SECONDS, TransientFailure

_RESERVED_AT_ONCE = timedelta(milliseconds=10)

_MOST_PERMITS_AT_ONCE = 10

_LATE = timedelta(milliseconds=100)


class PermitTooLate(TransientFailure):
    """The next permit begins after this invocation ends."""

    def __init__(self, free: datetime) -> None:
        super().__init__("the next permit begins too late for this invocation")
        self.free = free


class RateLimiter:
    """The permits of one sender, for texts that take `each` as long.

    Permits are reserved a few at a time, and a missed one is not made up for: its text would come on top of what
    other senders send now. So in any span of time no more texts go out than were reserved for it and for the tenth of
    a second before.
    """

    def __init__(self, permits: SendPermits, clock: Clock, each: timedelta) -> None:
        self._permits = permits
        self._clock = clock
        self._each = each
        self._at_once = max(1, min(_MOST_PERMITS_AT_ONCE, int(_RESERVED_AT_ONCE / each)))
        self._reserved = 0
        self._next = clock()

    def wait(self, deadline: InvocationDeadline, texts: int) -> None:
        """Waits for the next permit. `texts` are still to be sent.

        Raises:
            PermitTooLate: it begins too late for the invocation. Nothing is reserved.
        """
        if self._reserved == 0 or self._clock() - self._next > max(_LATE, self._each / 2):
            self._reserve(min(self._at_once, texts), deadline)
        deadline.wait(max(0.0, (self._next - self._clock()).total_seconds()))
        self._reserved -= 1
        self._next += self._each

    def _reserve(self, texts: int, deadline: InvocationDeadline) -> None:
        latest = self._clock() + timedelta(seconds=deadline.remaining() - ATTEMPT_SECONDS)
        permit = self._permits.reserve(self._each * texts, latest)
        if not permit.reserved:
            raise PermitTooLate(permit.begins)
        self._reserved, self._next = texts, permit.begins
