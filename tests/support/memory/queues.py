"""Keeps queues and shift timers in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from shift_sms_runtime.queue_messages import NO_DELAY, QueueMessage

M = TypeVar("M", bound=QueueMessage)
Item = TypeVar("Item")


class MemoryTimers:
    """Implements `ShiftTimers` and `CampaignTimers` in memory."""

    def __init__(self) -> None:
        self.at: dict[str, datetime] = {}

    def set(self, subject_id: str, at: datetime) -> None:
        self.at[subject_id] = at

    def clear(self, subject_id: str) -> None:
        self.at.pop(subject_id, None)


class MemoryQueue(Generic[M]):
    """Implements `Queue` in memory. `delayed` are messages with the times at which they become visible."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.waiting: list[M] = []
        self.delayed: list[tuple[datetime, M]] = []

    def put(self, messages: Sequence[M], *, delay: timedelta = NO_DELAY) -> None:
        assert delay >= NO_DELAY
        for message in messages:
            assert type(message).from_json(message.to_json()) == message
            self.delayed.append((self._clock() + min(delay, timedelta(minutes=15)), message))
        self.show_due()

    def show_due(self) -> datetime | None:
        """Makes due messages visible; returns the time of the next delayed one."""
        self.waiting += [message for visible_at, message in self.delayed if visible_at <= self._clock()]
        self.delayed = [
            (visible_at, message) for visible_at, message in self.delayed if visible_at > self._clock()
        ]
        return min((visible_at for visible_at, _ in self.delayed), default=None)

    def show_delayed(self) -> None:
        """Makes all messages visible, as if they were due."""
        self.waiting += [message for _, message in self.delayed]
        self.delayed = []


def handle_all(waiting: list[Item], handle: Callable[[Item], object]) -> None:
    """Handles messages in order until none is waiting. A message that fails waits again, as the first."""
    while waiting:
        message = waiting.pop(0)
        try:
            handle(message)
        except BaseException:
            waiting.insert(0, message)
            raise
