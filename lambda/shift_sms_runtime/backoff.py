"""Waits between the attempts of one operation."""

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator

_SPREAD = 0.5


def doubling(first: float, *, most: float) -> Iterator[float]:
    """Yields waits in seconds without end, each twice the one before, up to `most`."""
    wait = first
    while True:
        yield wait
        wait = min(wait * 2, most)


class Backoff:
    """Growing, jittered waits between the attempts of one operation.

    Jitter keeps two functions that failed on each other from meeting again at their next attempt.
    """

    def __init__(
        self,
        waits: Iterable[float],
        *,
        jitter: bool = True,
        wait: Callable[[float], None] | None = None,
        time_left: Callable[[], float] = lambda: math.inf,
    ) -> None:
        """Starts before the first attempt.

        Args:
            waits: Seconds after each failed attempt; no further attempt is made when they are used up.
            jitter: Whether each wait is multiplied by a random factor between 0.5 and 1.5.
            wait: Passes the time; `time.sleep` by default.
            time_left: Seconds that may still be waited; a longer wait is not begun.
        """
        self._waits = iter(waits)
        self._jitter = jitter
        self._wait = wait or _sleep
        self._time_left = time_left

    def wait(self) -> bool:
        """Waits for the next attempt.

        Returns:
            False, without waiting, if the attempts or the time are used up.
        """
        seconds = next(self._waits, None)
        if seconds is None:
            return False
        if self._jitter:
            seconds *= random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - spreads retries, guards nothing
        if seconds > self._time_left():
            return False
        self._wait(seconds)
        return True


def _sleep(seconds: float) -> None:
    time.sleep(seconds)
