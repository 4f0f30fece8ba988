"""The workers of the outbox: their number, their texts, and how they are started."""

from collections.abc import Set
from datetime import timedelta
from zlib import crc32

from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import Clock, SendPermits
from shift_sms_runtime.outbox.outbox_text import OutboxTurn
from shift_sms_runtime.queue_messages import Queue

ANNOUNCED = timedelta(seconds=3)
"""How long lower priorities yield to a waiting text, unless a worker renews this."""

FIRST_WORKER = 0
"""The worker that is started if none runs. It starts the others."""


class WorkerStarter:
    """Implements `OutboxWorkers`."""

    def __init__(self, permits: SendPermits, turns: Queue[OutboxTurn], clock: Clock) -> None:
        self._permits = permits
        self._turns = turns
        self._clock = clock

    def ensure_running(self, priority: Priority) -> None:
        """See `OutboxWorkers.ensure_running`.

        A worker ends its lease before it reads the outbox for the last time. So either the worker reads the text that
        was written before this call, or this call finds no worker.
        """
        if not self._permits.announce(priority, self._clock() + ANNOUNCED):
            self._turns.put([OutboxTurn(FIRST_WORKER)])


def worker_of(phone_number: str, running: Set[int], workers: int) -> int:
    """Returns the worker that texts a phone number.

    Args:
        phone_number: The recipient.
        running: The numbers of the running workers, at least one.
        workers: How many workers there can be. The number of one that does not run belongs to one that does.
    """
    number = crc32(phone_number.encode())
    if number % workers in running:
        return number % workers
    return sorted(running)[number % len(running)]
