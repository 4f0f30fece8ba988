"""Functions that run at the same time, in time that does not pass by itself.

Each runs until it waits; then whoever has waited long enough goes on, one at any moment. So what happens depends on how
long each of them waits and on nothing else, and a run is the same every time, however slow the machine.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Semaphore, Thread

from tests.support.clock import Clock, Deadline
from tests.support.crash_points import Killed


class ConcurrentFunctions:
    """Functions at the same time; only they let time pass."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Semaphore]] = []
        self._somebody_waits = Semaphore(0)
        self._failure: BaseException | None = None

    def start(self, work: Callable[[], None], *, after: float = 0.0) -> None:
        """Begin with ``work`` in so many seconds; ``Killed`` ends it quietly."""

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
                self._somebody_waits.release()

        go_on = self._wait(after)
        Thread(target=run, daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Let the others go on for so long."""
        go_on = self._wait(seconds)
        self._somebody_waits.release()
        go_on.acquire()
        if self._failure is not None:
            raise Killed

    def deadline(self, seconds: float) -> Deadline:
        """An invocation that others run beside."""
        return _SharedDeadline(self, self._clock, seconds)

    def run(self, *, hours: float = 24.0) -> None:
        """Go on until nobody waits.

        Raises:
            TimeoutError: they still do after so many hours.
            whatever one of the functions raised.
        """
        end = self._clock.time + timedelta(hours=hours)
        while self._waiting:
            until, _, go_on = heapq.heappop(self._waiting)
            self._clock.time = max(self._clock.time, until)
            if self._clock.time > end and self._failure is None:
                self._failure = TimeoutError(f"not done after {hours} hours")
            go_on.release()
            self._somebody_waits.acquire()
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
