"""SQS queues in virtual time: visibility, receives, redrive and delays.

The seed decides on duplicates and order.

SQS promises neither order nor a single delivery.
Source: "Amazon SQS standard queues" in the Amazon SQS developer guide.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from lab.simulation.execution.deployment import Queue
from lab.simulation.execution.scheduler import Scheduler

_REORDERED = 4
"""A receive takes one of this many of the oldest messages."""


@dataclass(eq=False)
class Message:
    """A message of a queue."""

    message_id: str
    body: str
    sent_at: float
    receives: int = 0
    deleted: bool = False
    waiting: bool = False
    """Whether it is visible and not received."""


@dataclass(frozen=True)
class QueueFaults:
    """How often a queue misbehaves."""

    duplicates: float = 0.0
    """The share of messages that are delivered again although they were handled."""
    delays: float = 0.0
    """The share of messages that arrive up to `longest_delay` later."""
    longest_delay: float = 20.0


@dataclass
class SimulatedQueue:
    """One queue and its dead-letter queue."""

    queue: Queue
    scheduler: Scheduler
    random: Random
    faults: QueueFaults = field(default_factory=QueueFaults)
    dead_letters: list[Message] = field(default_factory=list)
    on_visible: Callable[[], None] = lambda: None
    on_dead_letter: Callable[[str, Message], None] = lambda _queue, _message: None
    sent: int = 0
    redelivered: int = 0
    """How many messages were received again."""
    _visible: list[Message] = field(default_factory=list)
    _unsettled: int = 0

    @property
    def name(self) -> str:
        return self.queue.name

    @property
    def idle(self) -> bool:
        """Whether no message waits, is delayed or in flight."""
        return self._unsettled == 0

    @property
    def has_visible(self) -> bool:
        return bool(self._visible)

    @property
    def visible(self) -> int:
        return len(self._visible)

    def send(self, body: str, *, delay: float = 0.0) -> str:
        """Accepts a message, and returns its id."""
        self.sent += 1
        message = Message(f"{self.name}-{self.sent}", body, self.scheduler.now)
        self._unsettled += 1
        if self.faults.delays and self.random.random() < self.faults.delays:
            delay += self.random.uniform(0, self.faults.longest_delay)
        self.scheduler.after(delay + self.random.uniform(0.001, 0.01), lambda: self._show(message))
        if self.faults.duplicates and self.random.random() < self.faults.duplicates:
            again = delay + self.random.choice((0.01, 0.5, 5.0, 60.0)) * self.random.uniform(0.5, 2)
            self._unsettled += 1
            copy = Message(message.message_id, body, self.scheduler.now)
            self.scheduler.after(again, lambda: self._show(copy))
        return message.message_id

    def receive(self, most: int) -> list[Message]:
        """Receives messages.

        They stay invisible until they are deleted or the visibility timeout ends.
        """
        received: list[Message] = []
        while self._visible and len(received) < most:
            message = self._visible.pop(self.random.randrange(min(len(self._visible), _REORDERED)))
            message.waiting = False
            message.receives += 1
            if message.receives > self.queue.max_receives:
                self._unsettled -= 1
                message.deleted = True
                self.dead_letters.append(message)
                self.on_dead_letter(self.name, message)
                continue
            self.redelivered += message.receives > 1
            received.append(message)
            self._hide(message, message.receives)
        return received

    def delete(self, messages: Sequence[Message]) -> None:
        """Deletes messages that were handled."""
        for message in messages:
            if not message.deleted:
                message.deleted = True
                self._unsettled -= 1
                if message.waiting:
                    self._visible.remove(message)

    def _hide(self, message: Message, receive: int) -> None:
        def reappear() -> None:
            if not message.deleted and message.receives == receive:
                self._show(message)

        self.scheduler.after(self.queue.visibility_seconds, reappear)

    def _show(self, message: Message) -> None:
        message.waiting = True
        self._visible.append(message)
        self.on_visible()
