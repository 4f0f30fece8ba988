"""Waits between the attempts at one operation."""

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator

_JITTER = 0.5


def doubling(first: float, *, maximum: float) -> Iterator[float]:
    """Yields waits in seconds without end, each twice the previous one, up to `maximum`."""
    wait = first
    while True:
        yield wait
        wait = min(wait * 2, maximum)


class Backoff:
    """Growing, jittered waits between the attempts at one operation.

    Jitter keeps two functions whose writes conflicted from conflicting again on their next attempts.
    """

    def __init__(
        self,
        waits: Iterable[float],
        *,
        jitter: bool = True,
        sleep: Callable[[float], None] | None = None,
        time_left: Callable[[], float] = lambda: math.inf,
    ) -> None:
        """Sets up the waits of one operation, before its first attempt.

        Args:
            waits: Seconds to wait after each failed attempt. No further attempt is made when they are used up.
            jitter: Whether each wait is multiplied by a random factor between 0.5 and 1.5.
            sleep: Waits for a number of seconds; `time.sleep` by default.
            time_left: Returns the seconds that are left for waits. A longer wait is not begun.
        """
        self._waits = iter(waits)
        self._jitter = jitter
        self._sleep = sleep or time.sleep
        self._time_left = time_left

    def wait(self) -> bool:
        """Waits until the next attempt.

        Returns:
            False, without waiting, if no attempts or no time is left.
        """
        seconds = next(self._waits, None)
        if seconds is None:
            return False
        if self._jitter:
            seconds *= random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads retries, protects nothing
        if seconds > self._time_left():
            return False
        self._sleep(seconds)
        return True
