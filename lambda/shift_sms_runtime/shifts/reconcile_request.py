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
        """Reads the message, also as EventBridge Scheduler has put it into the dead-letter queue.

        There it is wrapped in the request that failed, and an operator moves it back as it is. Source: "Configuring a
        dead-letter queue" in the EventBridge Scheduler user guide.

        Raises:
            ValueError, TypeError: as `QueueMessage.from_json`.
        """
        values = json.loads(text)
        wrapped = isinstance(values, dict) and "MessageBody" in values
        return super().from_json(values["MessageBody"] if wrapped else text)
