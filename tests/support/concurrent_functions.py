"""Runs functions concurrently, on a clock that only their waits move.

Only one function runs at a time. When it waits, the function whose wait ends first continues. So a run depends only on
the waits and is the same on every machine.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Semaphore, Thread

from tests.support.clock import Clock, Deadline
from tests.support.crash_points import Killed


class ConcurrentFunctions:
    """Functions that run concurrently. Only their waits move the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Semaphore]] = []
        self._paused = Semaphore(0)
        self._failure: BaseException | None = None

    def start(self, work: Callable[[], None], *, after: float = 0.0) -> None:
        """Starts `work` after a number of seconds. `Killed` ends only this function."""

        def run() -> None:
            resume.acquire()
            try:
                if self._failure is None:
                    work()
            except Killed:
                pass
            except BaseException as error:  # noqa: BLE001 - raised in the thread of the test
                self._failure = self._failure or error
            finally:
                self._paused.release()

        resume = self._wait(after)
        Thread(target=run, daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Waits for a number of seconds, in which other functions run."""
        resume = self._wait(seconds)
        self._paused.release()
        resume.acquire()
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
        end = self._clock.time + timedelta(hours=hours)
        while self._waiting:
            until, _, resume = heapq.heappop(self._waiting)
            self._clock.time = max(self._clock.time, until)
            if self._clock.time > end and self._failure is None:
                self._failure = TimeoutError(f"not done after {hours} hours")
            resume.release()
            self._paused.acquire()
        if self._failure is not None:
            raise self._failure

    def _wait(self, seconds: float) -> Semaphore:
        resume = Semaphore(0)
        until = self._clock.time + timedelta(seconds=seconds)
        heapq.heappush(self._waiting, (until, next(self._order), resume))
        return resume


class _SharedDeadline(Deadline):
    def __init__(self, functions: ConcurrentFunctions, clock: Clock, seconds: float) -> None:
        super().__init__(clock, seconds)
        self._functions = functions

    def wait(self, seconds: float) -> None:
        self._functions.wait(seconds)
