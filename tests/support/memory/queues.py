"""Keeps queues and shift timers in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from shift_sms_runtime.queue_messages import NO_DELAY, QueueMessage

M = TypeVar("M", bound=QueueMessage)

Item = TypeVar("Item")


class MemoryShiftTimers:
    """Implements `ShiftTimers` in memory."""

    def __init__(self) -> None:
        self.at: dict[str, datetime] = {}

    def set(self, shift_id: str, at: datetime) -> None:
        self.at[shift_id] = at

    def clear(self, shift_id: str) -> None:
        self.at.pop(shift_id, None)


class MemoryQueue(Generic[M]):
    """Implements `Queue` in memory. A message put with a delay is `hidden`, with the time from which it is received."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.waiting: list[M] = []
        self.hidden: list[tuple[datetime, M]] = []

    def put(self, messages: Sequence[M], *, delay: timedelta = NO_DELAY) -> None:
        assert delay >= NO_DELAY
        for message in messages:
            assert type(message).from_json(message.to_json()) == message
            self.hidden.append((self._clock() + min(delay, timedelta(minutes=15)), message))
        self.look()

    def look(self) -> datetime | None:
        """Shows the messages whose time has come; returns the time of the next one."""
        self.waiting += [message for seen_at, message in self.hidden if seen_at <= self._clock()]
        self.hidden = [(seen_at, message) for seen_at, message in self.hidden if seen_at > self._clock()]
        return min((seen_at for seen_at, _ in self.hidden), default=None)

    def show_hidden(self) -> None:
        """Shows all messages, as if their time had come."""
        self.waiting += [message for _, message in self.hidden]
        self.hidden = []


def work_through(waiting: list[Item], handle: Callable[[Item], object]) -> None:
    """Handles one message after the other until none is waiting. A message that fails waits again."""
    while waiting:
        message = waiting.pop(0)
        try:
            handle(message)
        except BaseException:
            waiting.insert(0, message)
            raise
