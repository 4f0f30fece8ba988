"""The protocol that domain events need."""

from collections.abc import Sequence
from typing import Protocol

from shift_sms_runtime.domain_events.domain_event import DomainEvent


class EventBus(Protocol):
    """The bus that other systems receive events from."""

    def put(self, events: Sequence[DomainEvent]) -> list[str | None]:
        """Publishes events.

        Returns:
            For each event, the code of the error for which it was not accepted; None if it was accepted. An event with
            an error may have been published, too.
        """
