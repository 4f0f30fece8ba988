"""The queue of shifts to reconcile: its message, and which changes of a shift are queued."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from shift_sms_runtime.queue_messages import Queue, QueueMessage
from shift_sms_runtime.shifts.shift_item import ShiftReader


@dataclass(frozen=True)
class ReconcileRequest(QueueMessage):
    """One shift to reconcile."""

    shift_id: str

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads a message, which may be wrapped in a failed request of EventBridge Scheduler.

        Scheduler puts such a request into the dead-letter queue, and an operator moves it to the queue unchanged.
        Source: "Configuring a dead-letter queue" in the EventBridge Scheduler user guide.

        Raises:
            ValueError, TypeError: see `QueueMessage.from_json`.
        """
        values = json.loads(text)
        wrapped = isinstance(values, dict) and "MessageBody" in values
        return super().from_json(values["MessageBody"] if wrapped else text)


class ShiftChangeDetector:
    """Queues the shifts whose items changed in a way that can require an offer, a reminder or a notice."""

    def __init__(self, reader: ShiftReader, requests: Queue[ReconcileRequest]) -> None:
        self._reader = reader
        self._requests = requests

    def handle(self, *images: Mapping[str, Any]) -> None:
        """Queues a shift if its change requires it.

        Args:
            images: The item before and after the change. One of them is absent for a new or deleted item.
        """
        shifts = [self._reader.read(image) for image in images]
        # A shift as in the blog post needs no reconciling, unless an edit of its seats may have freed one.
        if any(shift.needs_reconciling for shift in shifts) or len({shift.seats for shift in shifts}) > 1:
            self._requests.put([ReconcileRequest(shifts[-1].shift_id)])
