"""The message of the queue of shifts to reconcile."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class ReconcileRequest:
    """A shift to be looked after: one message of the queue for that."""

    shift_id: str

    def to_json(self) -> str:
        """The form in the queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "ReconcileRequest":
        """Read the form in the queue.

        What the scheduler could not put there is wrapped in the request that failed, and is read all the same when it
        is moved back from the dead letters. Source: "Configuring a dead-letter queue" in the EventBridge Scheduler
        user guide.

        Raises:
            ValueError, TypeError: it is not what ``to_json`` writes.
        """
        fields = json.loads(text)
        return cls(**(json.loads(fields["MessageBody"]) if "MessageBody" in fields else fields))
