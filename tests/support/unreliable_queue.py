"""An SQS queue that delivers at least once and in any order."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shift_sms_runtime.queue_messages import NO_DELAY, QueueMessage
from tests.support.clock import Clock

VISIBILITY_TIMEOUT = timedelta(minutes=6)
MAX_RECEIVES = 5


@dataclass
class QueuedMessage:
    """A message of a queue."""

    message_id: str
    body: str
    visible_at: datetime
    receives: int = 0


@dataclass
class UnreliableQueue:
    """An SQS queue: delivers at least once and in any order, and moves messages that keep failing to `dead_letters`."""

    clock: Clock
    rng: random.Random
    messages: list[QueuedMessage] = field(default_factory=list)
    dead_letters: list[QueuedMessage] = field(default_factory=list)
    put_count: int = 0

    def put(self, messages: Sequence[QueueMessage], *, delay: timedelta = NO_DELAY) -> None:
        """See `Queue.put`."""
        for message in messages:
            self.add(message.to_json(), delay)

    def add(self, body: str, delay: timedelta = NO_DELAY) -> None:
        """Adds a message with any body."""
        self.put_count += 1
        self.messages.append(QueuedMessage(f"m{self.put_count}", body, self.clock() + delay))

    def receive(self, most: int) -> list[QueuedMessage]:
        visible = [message for message in self.messages if message.visible_at <= self.clock()]
        batch = []
        for message in self.rng.sample(visible, min(most, len(visible))):
            if message.receives == MAX_RECEIVES:
                self.messages.remove(message)
                self.dead_letters.append(message)
                continue
            message.receives += 1
            # Some messages stay visible and are delivered a second time.
            if self.rng.random() > 0.15:
                message.visible_at = self.clock() + VISIBILITY_TIMEOUT
            batch.append(message)
        return batch

    def delete(self, message: QueuedMessage) -> None:
        if message in self.messages:
            self.messages.remove(message)

    def redrive(self) -> None:
        """Moves the dead letters back into the queue."""
        for message in self.dead_letters:
            self.add(message.body)
        self.dead_letters.clear()
