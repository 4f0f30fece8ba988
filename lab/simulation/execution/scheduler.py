"""Runs tasks in virtual time.

One task runs at a time, and only its waits let other tasks run.

The order of a run depends on the waits alone. Waits come from the seed, so a run is the same on every machine.
"""

import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from greenlet import getcurrent, greenlet

from lab.simulation.aws.faults import Crashed

START = datetime(2026, 8, 3, 9, tzinfo=UTC)
"""The time at which a run begins by default: a Monday morning."""


@dataclass(eq=False)
class Task:
    """Work that waits and continues."""

    name: str
    owner: Any = None
    """What the task belongs to, such as an execution environment."""
    thread: greenlet = field(init=False, repr=False)
    pending: "_Event | None" = None
    """The event that resumes the task."""
    waiter: "Task | None" = None
    """The task that waits for the end of this one."""
    done: bool = False
    killed: bool = False


@dataclass(eq=False, slots=True)
class _Event:
    act: Callable[[], None] | None
    task: Task | None = None


class Scheduler:
    """The tasks of one run and its clock."""

    def __init__(self, start: datetime = START) -> None:
        self.now = 0.0
        """Seconds since the start of the run."""
        self._start = start
        self._order = itertools.count()
        self._events: list[tuple[float, int, _Event]] = []
        self._hub: greenlet = getcurrent()
        self._current: Task | None = None
        self._failure: BaseException | None = None

    @property
    def time(self) -> datetime:
        """The current time."""
        return self._start + timedelta(seconds=self.now)

    @property
    def current(self) -> Task | None:
        """The task that runs."""
        return self._current

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Calls `act` after a number of seconds. It must not wait."""
        heapq.heappush(self._events, (self.now + seconds, next(self._order), _Event(act)))

    def start(self, name: str, work: Callable[[], None], *, owner: object = None, after: float = 0.0) -> Task:
        """Starts a task after a number of seconds."""
        task = Task(name, owner)

        def run() -> None:
            try:
                work()
            except Crashed:
                pass
            except BaseException as error:  # noqa: BLE001 - raised by run()
                self._failure = self._failure or error
            finally:
                self._end(task)

        task.thread = greenlet(run, parent=self._hub)
        self._resume(task, after)
        return task

    def sleep(self, seconds: float) -> None:
        """Waits. Other tasks run meanwhile.

        Raises:
            Crashed: the task was killed during its wait.
        """
        task = self._current
        if task is None:
            raise RuntimeError("only a task can wait")
        if task.killed:
            raise Crashed
        until = self.now + max(seconds, 0.0)
        if not self._events or self._events[0][0] > until:
            self.now = until
            return
        self._resume(task, seconds)
        self._hub.switch()
        if task.killed:
            raise Crashed

    def join(self, tasks: Sequence[Task]) -> None:
        """Waits until the tasks are done.

        Raises:
            Crashed: the task was killed during its wait.
        """
        waiter = self._current
        if waiter is None:
            raise RuntimeError("only a task can wait")
        for task in tasks:
            while not task.done:
                task.waiter = waiter
                self._hub.switch()
                if waiter.killed:
                    raise Crashed

    def kill(self, task: Task) -> None:
        """Stops a task at its current wait."""
        if task.done or task.killed:
            return
        task.killed = True
        if task is self._current:
            return
        if task.pending is not None:
            task.pending.task = None
        if not task.thread:
            self._end(task)
            return
        before, self._current = self._current, task
        parent, task.thread.parent = task.thread.parent, getcurrent()
        task.thread.throw(Crashed)
        task.thread.parent = parent if not task.thread.dead else task.thread.parent
        self._current = before

    def run(self, *, until: float, done: Callable[[], bool] = lambda: False) -> None:
        """Runs until nothing is left to do, `done()` is true, or the time is `until`.

        Raises:
            Exception: a task raised it.
        """
        self._hub = getcurrent()
        while self._events and not done():
            at, _, event = self._events[0]
            if at > until:
                return
            heapq.heappop(self._events)
            self.now = max(self.now, at)
            task = event.task
            if event.act is not None:
                event.act()
            elif task is not None:
                task.pending = None
                self._current = task
                task.thread.switch()
                self._current = None
            if self._failure is not None:
                raise self._failure

    def _end(self, task: Task) -> None:
        task.done = True
        waiter = task.waiter
        if waiter is not None and not waiter.done and not waiter.killed and waiter.pending is None:
            self._resume(waiter, 0.0)

    def _resume(self, task: Task, seconds: float) -> None:
        task.pending = _Event(None, task)
        heapq.heappush(self._events, (self.now + max(seconds, 0.0), next(self._order), task.pending))
