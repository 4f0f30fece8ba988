"""Keeps queues and shift timers in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.queue_messages import NO_DELAY


class MemoryShiftTimers:
    """Implements `ShiftTimers` in memory."""

    def __init__(self) -> None:
        self.at: dict[str, datetime] = {}

    def set(self, shift_id: str, at: datetime) -> None:
        self.at[shift_id] = at

    def clear(self, shift_id: str) -> None:
        self.at.pop(shift_id, None)


class MemoryPagesQueue:
    """The pages queue in memory. What was put with a delay is in ``later`` until a test says that its time has come."""

    def __init__(self) -> None:
        self.waiting: list[Page] = []
        self.later: list[Page] = []

    def put(self, messages: Sequence[Page], *, delay: timedelta = NO_DELAY) -> None:
        assert [Page.from_json(message.to_json()) for message in messages] == [*messages]
        (self.later if delay else self.waiting).extend(messages)


class MemoryDispatchQueue:
    """The dispatch queue in memory. What was put with a delay waits in ``hidden``, with the time when it is seen."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.waiting: list[WorkItem] = []
        self.hidden: list[tuple[datetime, WorkItem]] = []

    def put(self, messages: Sequence[WorkItem], *, delay: timedelta = NO_DELAY) -> None:
        assert timedelta() <= delay
        for message in messages:
            assert WorkItem.from_json(message.to_json()) == message
            self.hidden.append((self._clock() + min(delay, timedelta(minutes=15)), message))
        self.look()

    def look(self) -> datetime | None:
        """Let those be seen whose time has come; returns when the next one's will."""
        self.waiting += [item for seen_at, item in self.hidden if seen_at <= self._clock()]
        self.hidden = [(seen_at, item) for seen_at, item in self.hidden if seen_at > self._clock()]
        return min((seen_at for seen_at, _ in self.hidden), default=None)


Message = TypeVar("Message")


def work_through(waiting: list[Message], handle: Callable[[Message], object]) -> None:
    """Hand over one message after the other until none is waiting; one that fails waits again."""
    while waiting:
        message = waiting.pop(0)
        try:
            handle(message)
        except BaseException:
            waiting.insert(0, message)
            raise
