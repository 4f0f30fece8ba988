"""The base class of queue messages between functions, and the protocol of their queues."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Protocol, Self, TypeVar

from shift_sms_runtime.records import record

NO_DELAY = timedelta()


@record
class QueueMessage:
    """A message of one queue. Its fields are strings, numbers, booleans and tuples of strings."""

    def to_json(self) -> str:
        """Returns the message as the body of an SQS message."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads the message from the body of an SQS message.

        During a deployment or a rollback, a queue holds messages of another version. Fields that this version does not
        have are ignored. Fields that the other version did not have get their defaults.

        Raises:
            ValueError: `text` is not JSON.
            TypeError: `text` is not a JSON object, or a field without a default is missing.
        """
        values = json.loads(text)
        if not isinstance(values, dict):
            raise TypeError(f"the body of a {cls.__name__} is not a JSON object")
        names = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in values.items() if name in names})


def _frozen(value: object) -> object:
    """Returns a list as a tuple, because JSON has no tuples."""
    return tuple(value) if isinstance(value, list) else value


M_contra = TypeVar("M_contra", bound=QueueMessage, contravariant=True)


class Queue(Protocol[M_contra]):
    """A queue of messages of one kind."""

    def put(self, messages: Sequence[M_contra], *, delay: timedelta = NO_DELAY) -> None:
        """Sends the messages.

        A consumer receives them after `delay`, or after 15 minutes if that is shorter.
        """
