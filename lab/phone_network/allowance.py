"""A rate that is never exceeded, so that a test can assert it over any span it likes."""

from collections import deque


class Allowance:
    """At most `limit` in any `seconds`, wherever that span begins; callers hold a lock around it."""

    def __init__(self, limit: int, seconds: float = 1.0) -> None:
        self._limit = limit
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def take(self, now: float) -> bool:
        """Take one at monotonic time `now`; False, and nothing is taken, when there is none left."""
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        if len(self._taken) >= self._limit:
            return False
        self._taken.append(now)
        return True
