"""Limits a rate over a sliding window."""

from collections import deque


class Allowance:
    """Allows at most `limit` parts in any period of `seconds`. Not thread-safe: callers hold a lock.

    AWS counts the throughput of a number in message parts:
    https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
    A single text with more parts than `limit` is allowed if the period before it is empty. Only such a text
    exceeds the limit.
    """

    def __init__(self, limit: int, seconds: float = 1.0) -> None:
        self._limit = limit
        self._seconds = seconds
        self._taken: deque[tuple[float, int]] = deque()
        self._total = 0

    def take(self, now: float, parts: int = 1) -> bool:
        """Takes `parts` at monotonic time `now`; returns False, without effect, if too few are left."""
        while self._taken and self._taken[0][0] <= now - self._seconds:
            self._total -= self._taken.popleft()[1]
        if self._taken and self._total + parts > self._limit:
            return False
        self._taken.append((now, parts))
        self._total += parts
        return True
