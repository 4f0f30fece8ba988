"""Runs functions at the same time, on a clock that only their waits move.

One function runs at any moment, until it waits; then the function whose wait ends first goes on. So a run depends on
nothing but the waits, and is the same every time on any machine.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Semaphore, Thread

from tests.support.clock import Clock, Deadline
from tests.support.crash_points import Killed


class ConcurrentFunctions:
    """Functions that run at the same time. Only their waits move the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Semaphore]] = []
        self._paused = Semaphore(0)
        self._failure: BaseException | None = None

    def start(self, work: Callable[[], None], *, after: float = 0.0) -> None:
        """Starts `work` after so many seconds. `Killed` ends it and no other function."""

        def run() -> None:
            go_on.acquire()
            try:
                if self._failure is None:
                    work()
            except Killed:
                pass
            except BaseException as error:  # noqa: BLE001 - raised where the test is
                self._failure = self._failure or error
            finally:
                self._paused.release()

        go_on = self._wait(after)
        Thread(target=run, daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Lets the other functions run for so many seconds."""
        go_on = self._wait(seconds)
        self._paused.release()
        go_on.acquire()
        if self._failure is not None:
            raise Killed

    def deadline(self, seconds: float) -> Deadline:
        """Returns the deadline of an invocation: its waits let the other functions run."""
        return _SharedDeadline(self, self._clock, seconds)

    def run(self, *, hours: float = 24.0) -> None:
        """Runs all functions to their end.

        Raises:
            TimeoutError: a function still waits after so many hours.
            Exception: what one of the functions raised.
        """
        end = self._clock.time + timedelta(hours=hours)
        while self._waiting:
            until, _, go_on = heapq.heappop(self._waiting)
            self._clock.time = max(self._clock.time, until)
            if self._clock.time > end and self._failure is None:
                self._failure = TimeoutError(f"not done after {hours} hours")
            go_on.release()
            self._paused.acquire()
        if self._failure is not None:
            raise self._failure

    def _wait(self, seconds: float) -> Semaphore:
        go_on = Semaphore(0)
        until = self._clock.time + timedelta(seconds=seconds)
        heapq.heappush(self._waiting, (until, next(self._order), go_on))
        return go_on


class _SharedDeadline(Deadline):
    def __init__(self, together: ConcurrentFunctions, clock: Clock, seconds: float) -> None:
        super().__init__(clock, seconds)
        self._together = together

    def wait(self, seconds: float) -> None:
        self._together.wait(seconds)
