"""A rate that is never exceeded, so that a test can assert it over any span it likes."""

from collections import deque


class Allowance:
    """At most `limit` in any `seconds`, wherever that span begins; callers hold a lock around it.

    The throughput of a number is counted in message parts, so a text of three takes three:
    https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
    What is larger than `limit` would never fit. It is let through when nothing else was taken in the span
    before it, and is the only thing by which a span can hold more than `limit`.
    """

    def __init__(self, limit: int, seconds: float = 1.0) -> None:
        self._limit = limit
        self._seconds = seconds
        self._taken: deque[tuple[float, int]] = deque()
        self._total = 0

    def take(self, now: float, parts: int = 1) -> bool:
        """Take `parts` at monotonic time `now`; False, and nothing is taken, when there are not enough left."""
        while self._taken and self._taken[0][0] <= now - self._seconds:
            self._total -= self._taken.popleft()[1]
        if self._taken and self._total + parts > self._limit:
            return False
        self._taken.append((now, parts))
        self._total += parts
        return True
