"""What happened to a shift that managers are told."""

from datetime import datetime, timedelta

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.records import record

NOT_REPEATED_FOR = timedelta(hours=1)
"""How long managers are not told the same again: one kind of event, of one employee if an employee causes it."""

TOLD_FOR = timedelta(hours=48)
"""How long after an event its notices may be sent."""

MOST_EVENTS = 20
"""The events of employees that the item of a shift records."""

_AN_INSTANT = timedelta(microseconds=1)


@record
class ManagerEvent:
    """An event of a shift."""

    kind: ManagerNotice
    at: datetime
    """Differs from the times of other events of its kind and shift, because it identifies the notices."""
    employee: str = ""
    """The phone number of the employee who caused it; empty if no employee did."""

    @property
    def is_kept(self) -> bool:
        """Whether the shift keeps it after `TOLD_FOR`, to recognize a holder who takes a seat back."""
        return self.kind is ManagerNotice.FILLED

    @property
    def name(self) -> str:
        """Identifies it among the events that a shift records."""
        return f"{self.kind}#{self.employee}" if self.employee else self.kind.value


ManagerEvents = tuple[ManagerEvent, ...]
"""The last event of each kind, and of each employee, in their order."""


def in_order(events: ManagerEvents | list[ManagerEvent]) -> ManagerEvents:
    """Returns events in the order of their times."""
    return tuple(sorted(events, key=lambda one: (one.at, one.name)))


def with_event(
    events: ManagerEvents, kind: ManagerNotice, now: datetime, employee: str = ""
) -> ManagerEvents:
    """Returns the events with a new one, and without those that are too old to be told.

    What an employee does again within `NOT_REPEATED_FOR` is no new event. What no employee causes is one if anything
    else happened in between. If `MOST_EVENTS` employees caused events within `NOT_REPEATED_FOR`, that of a further one
    is left out. So the item stays small, and so does the number of notices.
    """
    new = ManagerEvent(kind, now, employee)
    earlier = next((one for one in events if one.name == new.name), None)
    if earlier is not None and now < earlier.at + NOT_REPEATED_FOR:
        changed = any(one.kind is not kind and one.at >= earlier.at for one in events)
        if employee or not changed:
            return events
    kept = [one for one in events if one is not earlier and (one.is_kept or now < one.at + TOLD_FOR)]
    of_employees = [one for one in kept if one.employee]
    if employee and len(of_employees) >= MOST_EVENTS:
        oldest = of_employees[0]
        if now < oldest.at + NOT_REPEATED_FOR:
            return events
        kept.remove(oldest)
    at = now
    while any(one.kind is kind and one.at == at for one in kept):
        at += _AN_INSTANT
    return in_order([*kept, ManagerEvent(kind, at, employee)])


def without_events(events: ManagerEvents, *kinds: ManagerNotice) -> ManagerEvents:
    """Returns the events of other kinds."""
    return tuple(one for one in events if one.kind not in kinds)
