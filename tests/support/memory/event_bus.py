"""A bus in memory that refuses what a test tells it to."""

from collections.abc import Mapping, Sequence

from shift_sms_runtime.domain_events.domain_event import DomainEvent


class MemoryEventBus:
    """Implements `EventBus`. Keeps every event that it accepted, duplicates too."""

    def __init__(self) -> None:
        self.published: list[DomainEvent] = []
        self.reported: list[Mapping[str, int]] = []
        """What a publisher has reported of events and errors."""
        self.requests = 0
        self.refusals: dict[str, int] = {}
        """How often an event of a type is still refused."""
        self.crashes_after = 0
        """In how many further calls the caller is stopped after the events were published."""

    def put(self, events: Sequence[DomainEvent]) -> list[str | None]:
        """See `EventBus.put`."""
        self.requests += 1
        errors = [self._put(event) for event in events]
        if self.crashes_after:
            self.crashes_after -= 1
            raise KeyboardInterrupt
        return errors

    def _put(self, event: DomainEvent) -> str | None:
        left = self.refusals.get(type(event).__name__, 0)
        if left:
            self.refusals[type(event).__name__] = left - 1
            return "ThrottlingException"
        self.published.append(event)
        return None

    @property
    def ids(self) -> list[str]:
        """The ids of the published events."""
        return [event.event_id for event in self.published]
