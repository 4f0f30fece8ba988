"""Publishes the events of changes of tables."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from shift_sms_runtime.backoff import Backoff, doubling
from shift_sms_runtime.domain_events.campaign_events import campaign_events
from shift_sms_runtime.domain_events.domain_event import DomainEvent
from shift_sms_runtime.domain_events.ports import EventBus
from shift_sms_runtime.domain_events.shift_events import shift_events
from shift_sms_runtime.domain_events.table_change import TableChange
from shift_sms_runtime.messaging.ports import InvocationDeadline
from shift_sms_runtime.shifts.shift_item import ShiftReader

_ATTEMPTS = 5
_FIRST_WAIT_SECONDS, _MAX_WAIT_SECONDS = 0.2, 2.0
_RESERVED_SECONDS = 25.0
"""Events are tried again only if this much time is left. A request and its retries by the SDK can take 21 seconds."""


class UnknownTable(Exception):
    """A change is of a table that has no events."""


class DomainEventPublisher:
    """Publishes the events of changes, at least once."""

    def __init__(
        self,
        bus: EventBus,
        reader: ShiftReader,
        *,
        on_published: Callable[[Mapping[str, int]], None],
        on_refused: Callable[[Mapping[str, int]], None],
    ) -> None:
        """Sets up a publisher.

        Args:
            bus: The bus.
            reader: Reads the items of shifts.
            on_published: Receives how many events were accepted, by type.
            on_refused: Receives how many events were not accepted, by error.
        """
        self._bus = bus
        self._reader = reader
        self._on_published = on_published
        self._on_refused = on_refused

    def events(self, change: TableChange) -> list[DomainEvent]:
        """Returns the events of a change.

        Raises:
            UnknownTable: the change is neither of a shift nor of a campaign.
        """
        if "shift_id" in change.key:
            return list(shift_events(change, self._reader))
        if "campaign_id" in change.key:
            return list(campaign_events(change))
        raise UnknownTable

    def publish(self, changes: Sequence[Sequence[DomainEvent]], deadline: InvocationDeadline) -> list[bool]:
        """Publishes the events of several changes. Events that are not accepted are tried again.

        Returns:
            For each change, whether all of its events were accepted.
        """
        waiting = [(number, event) for number, events in enumerate(changes) for event in events]
        backoff = Backoff(
            islice(doubling(_FIRST_WAIT_SECONDS, maximum=_MAX_WAIT_SECONDS), _ATTEMPTS - 1),
            sleep=deadline.wait,
            time_left=lambda: deadline.remaining() - _RESERVED_SECONDS,
        )
        while waiting:
            errors = self._bus.put([event for _, event in waiting])
            self._report([event for _, event in waiting], errors)
            waiting = [one for one, error in zip(waiting, errors, strict=True) if error is not None]
            if waiting and not backoff.wait():
                break
        failed = {number for number, _ in waiting}
        return [number not in failed for number in range(len(changes))]

    def _report(self, events: Sequence[DomainEvent], errors: Sequence[str | None]) -> None:
        published = Counter(
            type(event).__name__ for event, error in zip(events, errors, strict=True) if error is None
        )
        refused = Counter(error for error in errors if error is not None)
        if published:
            self._on_published(published)
        if refused:
            self._on_refused(refused)
