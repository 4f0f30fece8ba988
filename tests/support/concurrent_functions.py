"""Runs functions concurrently, on a clock that only their waits move.

Only one function runs at a time. When it waits, the function whose wait ends first continues. So a run depends only on
the waits and is the same on every machine.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from greenlet import getcurrent, greenlet

from tests.support.clock import Clock, Deadline
from tests.support.crash_points import Killed


class ConcurrentFunctions:
    """Functions that run concurrently. Only their waits move the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, greenlet]] = []
        self._hub = getcurrent()
        self._failure: BaseException | None = None

    def start(self, work: Callable[[], None], *, after: float = 0.0) -> None:
        """Starts `work` after a number of seconds. `Killed` ends only this function."""

        def run() -> None:
            try:
                if self._failure is None:
                    work()
            except Killed:
                pass
            except BaseException as error:  # noqa: BLE001 - raised by run()
                self._failure = self._failure or error

        self._resume(greenlet(run), after)

    def wait(self, seconds: float) -> None:
        """Waits for a number of seconds, in which other functions run."""
        self._resume(getcurrent(), seconds)
        self._hub.switch()
        if self._failure is not None:
            raise Killed

    def deadline(self, seconds: float) -> Deadline:
        """Returns a deadline whose waits let other functions run."""
        return _SharedDeadline(self, self._clock, seconds)

    def run(self, *, hours: float = 24.0) -> None:
        """Runs all functions to their end.

        Raises:
            TimeoutError: a function has not ended after `hours`.
            Exception: a function raised it.
        """
        self._hub = getcurrent()
        end = self._clock.time + timedelta(hours=hours)
        while self._waiting:
            until, _, function = heapq.heappop(self._waiting)
            self._clock.time = max(self._clock.time, until)
            if self._clock.time > end and self._failure is None:
                self._failure = TimeoutError(f"not done after {hours} hours")
            # A function that ends continues its parent.
            function.parent = self._hub
            function.switch()
        if self._failure is not None:
            raise self._failure

    def _resume(self, function: greenlet, seconds: float) -> None:
        until = self._clock.time + timedelta(seconds=seconds)
        heapq.heappush(self._waiting, (until, next(self._order), function))


class _SharedDeadline(Deadline):
    def __init__(self, functions: ConcurrentFunctions, clock: Clock, seconds: float) -> None:
        super().__init__(clock, seconds)
        self._functions = functions

    def wait(self, seconds: float) -> None:
        self._functions.wait(seconds)
