"""The messages of the queues between functions, and the queues themselves."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Protocol, Self, TypeVar

NO_DELAY = timedelta()


@dataclass(frozen=True)
class QueueMessage:
    """A message of one queue. Its fields are strings, numbers, flags and tuples of strings."""

    def to_json(self) -> str:
        """Returns the message's body in the queue."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads the message's body in the queue.

        During a deployment or a rollback a queue holds messages of another version. Fields that this version does not
        know are ignored; fields that the other version did not know have their defaults.

        Raises:
            ValueError: `text` is not JSON.
            TypeError: it is no JSON object, or a field without a default is missing.
        """
        values = json.loads(text)
        if not isinstance(values, dict):
            raise TypeError(f"the body of a {cls.__name__} is no JSON object")
        known = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in values.items() if name in known})


def _frozen(value: object) -> object:
    """JSON has no tuples: they come back as lists."""
    return tuple(value) if isinstance(value, list) else value


M_contra = TypeVar("M_contra", bound=QueueMessage, contravariant=True)


class Queue(Protocol[M_contra]):
    """A queue of messages of one kind."""

    def put(self, messages: Sequence[M_contra], *, delay: timedelta = NO_DELAY) -> None:
        """Sends each of the messages; a consumer receives them after `delay`, at most 15 minutes."""
