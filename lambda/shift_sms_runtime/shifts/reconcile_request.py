"""The message of the queue of shifts to reconcile."""

import json
from dataclasses import dataclass
from typing import Self

from shift_sms_runtime.queue_messages import QueueMessage


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
