"""Paces sends: each text waits for a permit of the number that it leaves from."""

from datetime import datetime, timedelta

from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline, SendPermits
from shift_sms_runtime.messaging.send_once import TIME_TO_SETTLE, SlowDown

_RESERVED = timedelta(milliseconds=10)


_MOST_RESERVED = 10


_LATE = timedelta(milliseconds=100)


class PermitTooLate(SlowDown):
    """This invocation ends before the number is free again."""

    def __init__(self, free: datetime) -> None:
        super().__init__("the next turn comes too late for this invocation")
        self.free = free


class RateLimiter:
    """One sender's turns for texts that take ``each`` as long: reserved a few at a time, and given up when missed.

    A missed turn is not made up for: the text would come on top of what others send now. So in any time no more goes
    out than was reserved for it and for the tenth of a second before.
    """

    def __init__(self, pace: SendPermits, clock: Clock, each: timedelta) -> None:
        self._pace = pace
        self._clock = clock
        self._each = each
        self._at_once = max(1, min(_MOST_RESERVED, int(_RESERVED / each)))
        self._reserved = 0
        self._next = clock()

    def wait(self, patience: InvocationDeadline, texts: int) -> None:
        """Wait for the next turn; ``texts`` are still to be sent.

        Raises:
            TurnTooLate: as it says; nothing is reserved.
        """
        if self._reserved == 0 or self._clock() - self._next > max(_LATE, self._each / 2):
            self._reserve(min(self._at_once, texts), patience)
        patience.wait(max(0.0, (self._next - self._clock()).total_seconds()))
        self._reserved -= 1
        self._next += self._each

    def _reserve(self, texts: int, patience: InvocationDeadline) -> None:
        latest = self._clock() + timedelta(seconds=patience.remaining() - TIME_TO_SETTLE)
        turn = self._pace.reserve(self._each * texts, latest)
        if not turn.reserved:
            raise PermitTooLate(turn.begins)
        self._reserved, self._next = texts, turn.begins
