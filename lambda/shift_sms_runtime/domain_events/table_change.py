"""A change of a table, as its stream has it, and the events that follow from it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID, uuid5

from shift_sms_runtime.domain_events.domain_event import DomainEvent
from shift_sms_runtime.records import record

_NAMESPACE = UUID("6f1f9c2a-5d0b-4a8e-9c67-0d1f5a3f5b0e")
"""The namespace of the ids of events. It never changes."""

Item = Mapping[str, Any]


class Occurrence(TypedDict):
    """The fields that all events have."""

    event_id: str
    occurred_at: datetime
    sequence_number: str


@record
class TableChange:
    """A change of one item."""

    change_id: str
    """The id of the change. It stays the same when the change is delivered again."""
    occurred_at: datetime
    sequence_number: str
    key: Item
    before: Item | None
    """The item before the change; None if it is new."""
    after: Item | None
    """The item after the change; None if it was deleted."""

    def occurrence(self, event_type: type[DomainEvent], subject: str = "") -> Occurrence:
        """Returns the fields that all events have.

        The id follows from the change, the type and the subject, so that it is the same whenever the change is
        delivered.

        Args:
            event_type: The type of the event.
            subject: What tells events of one type and change apart, such as the employee.
        """
        name = f"{self.change_id}\n{event_type.__name__}\n{subject}"
        return {
            "event_id": str(uuid5(_NAMESPACE, name)),
            "occurred_at": self.occurred_at,
            "sequence_number": self.sequence_number,
        }
