"""Amazon EventBridge: puts domain events on a bus."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from shift_sms_runtime.domain_events.domain_event import DomainEvent

SOURCE = "shift-sms"
"""The `source` of every event."""

_MAX_ENTRIES = 10
"""Source: PutEvents in the EventBridge API reference. The entries of a request have at most 256 KB together."""


class EventsClient(Protocol):
    """The operation of the boto3 client `events` that the bus uses."""

    def put_events(self, *, Entries: Sequence[Mapping[str, object]]) -> Mapping[str, Any]:  # noqa: N803 - boto3's name
        """Puts events on buses."""


class EventBridgeBus:
    """Implements `EventBus` on EventBridge."""

    def __init__(self, client: EventsClient, bus: str) -> None:
        """Sets up a bus.

        Args:
            client: The boto3 client `events`.
            bus: The ARN of the bus.
        """
        self._client = client
        self._bus = bus

    def put(self, events: Sequence[DomainEvent]) -> list[str | None]:
        """See `EventBus.put`."""
        return [
            error
            for start in range(0, len(events), _MAX_ENTRIES)
            for error in self._put(events[start : start + _MAX_ENTRIES])
        ]

    def _put(self, events: Sequence[DomainEvent]) -> list[str | None]:
        try:
            response = self._client.put_events(Entries=[self._entry(event) for event in events])
        except ClientError as error:
            return [error.response["Error"]["Code"]] * len(events)
        except (HTTPClientError, BotoConnectionError) as error:
            return [type(error).__name__] * len(events)
        return [entry.get("ErrorCode") for entry in response["Entries"]]

    def _entry(self, event: DomainEvent) -> dict[str, object]:
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": type(event).__name__,
            "Detail": event.to_json(),
            "Time": event.occurred_at,
        }
