"""The events that Lambda passes to a handler, and the response to them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, TypedDict


class LambdaContext(Protocol):
    """The context of an invocation, as far as handlers read it."""

    def get_remaining_time_in_millis(self) -> int:
        """Returns the milliseconds until Lambda stops the function."""


class EventType(StrEnum):
    """The sources of events."""

    QUEUE = "queue"
    TABLE = "table"
    """The stream of a table."""


class FailedRecord(TypedDict):
    """A record that Lambda delivers again."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """The response that reports failed records.

    Source: "ReportBatchItemFailures" in the AWS Lambda developer guide.
    """

    batchItemFailures: list[FailedRecord]


Image = Mapping[str, Any]
"""An item, or the key of one, as attribute values of DynamoDB."""


class Record:
    """A message of a queue, or a change of a table."""

    def __init__(self, event_type: EventType, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self._event_type = event_type

    @property
    def identifier(self) -> str:
        """The id that a response reports."""
        if self._event_type is EventType.QUEUE:
            return str(self._raw["messageId"])
        return str(self._raw["dynamodb"]["SequenceNumber"])

    @property
    def body(self) -> str:
        """The body of a message."""
        return str(self._raw["body"])

    @property
    def delivered_before(self) -> bool:
        """Whether a queue has delivered the message before."""
        return int(self._raw["attributes"]["ApproximateReceiveCount"]) > 1

    @property
    def is_new_item(self) -> bool:
        """Whether the change put an item that did not exist."""
        return bool(self._raw["eventName"] == "INSERT")

    @property
    def event_id(self) -> str:
        """The id of a change. It stays the same when the change is delivered again."""
        return str(self._raw["eventID"])

    @property
    def created_at(self) -> datetime:
        """When the change was written.

        Lambda passes a number of seconds. A record that an operator has read from the stream has an ISO 8601 time.
        """
        created: float | str = self._raw["dynamodb"]["ApproximateCreationDateTime"]
        if isinstance(created, str):
            return datetime.fromisoformat(created).astimezone(UTC)
        return datetime.fromtimestamp(created, UTC)

    @property
    def key(self) -> Image:
        """The key of the changed item."""
        return self._image("Keys") or {}

    @property
    def old_image(self) -> Image | None:
        """The item before the change; None for a new item, or if the stream has no old images."""
        return self._image("OldImage")

    @property
    def new_image(self) -> Image | None:
        """The item after the change; None for a deleted item, or if the stream has no new images."""
        return self._image("NewImage")

    def _image(self, name: str) -> Image | None:
        image: Image | None = self._raw["dynamodb"].get(name)
        return image
