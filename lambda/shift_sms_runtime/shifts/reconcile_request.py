"""The queues of shifts to reconcile and to fill: their messages, and what follows from a change of a shift."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Self

from shift_sms_runtime.queue_messages import Queue, QueueMessage
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.ports import ChangedMeanwhile, Shifts
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.shift_item import (
    EXPIRES_AT,
    INDEX_ATTRIBUTES,
    ShiftReader,
    expiry,
    index_attributes,
)

_OWN_ATTRIBUTES = (*INDEX_ATTRIBUTES, EXPIRES_AT, "fill_contacted")
"""The attributes that are written back, and that no decision depends on."""

OPERATOR_INBOX = "#inbox"
"""In place of the id of a shift: the managers who are told of the operator inbox when their quiet hours end."""


@record
class ReconcileRequest(QueueMessage):
    """One shift to reconcile, or `OPERATOR_INBOX`."""

    shift_id: str
    left: tuple[str, ...] = ()
    """The holders who may have lost a seat by hand, each as a phone number and the time of the booking."""

    @property
    def lost_seats(self) -> Mapping[str, datetime]:
        """The holders who have lost a seat, and when they had booked it."""
        pairs = (one.rpartition(" ") for one in self.left)
        return {number: datetime.fromisoformat(booked_at) for number, _, booked_at in pairs}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads a message, which may be wrapped in a failed request of EventBridge Scheduler.

        Scheduler puts such a request into the dead-letter queue, and an operator moves it to the queue unchanged.
        Source: "Configuring a dead-letter queue" in the EventBridge Scheduler user guide.

        Raises:
            ValueError, TypeError: see `QueueMessage.from_json`.
        """
        values = json.loads(text)
        wrapped = isinstance(values, dict) and "MessageBody" in values
        return super().from_json(values["MessageBody"] if wrapped else text)


@record
class FillRequest(ReconcileRequest):
    """One shift whose fill plan may need a wave."""


class ShiftChangeDetector:
    """Follows the changes of shifts by our functions, operators and other programs.

    Queues the shifts that can require an offer, a reminder or a notice, and those with a fill plan. Writes the
    attributes that indexes and the deletion of old shifts depend on, if they are not as the item requires.
    """

    def __init__(
        self,
        reader: ShiftReader,
        requests: Queue[ReconcileRequest],
        shifts: Shifts,
        *,
        retention_days: int,
        fill_requests: Queue[FillRequest] | None = None,
    ) -> None:
        """Sets up a detector.

        Args:
            reader: Reads the items.
            requests: The queue of shifts to reconcile.
            shifts: The shifts.
            retention_days: How long a shift is kept after its end; 0 keeps it.
            fill_requests: The queue of shifts to fill; None without fill plans.
        """
        self._reader = reader
        self._requests = requests
        self._shifts = shifts
        self._retention_days = retention_days
        self._fill_requests = fill_requests

    def handle(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        """Handles one change.

        Args:
            before: The item before the change; None if it is new.
            after: The item after the change; None if it was deleted.
        """
        shifts = [self._reader.read(image) for image in (before, after) if image]
        # A shift as in the blog post needs no reconciling, unless an edit of its seats may have freed one.
        may_require_text = (
            any(one.needs_reconciling for one in shifts) or len({one.seats for one in shifts}) > 1
        )
        left = _lost_seats(shifts) if before and after else ()
        if (may_require_text or left or _tells_managers(*shifts)) and _changed(before, after):
            self._requests.put([ReconcileRequest(shifts[-1].shift_id, left)])
        if self._fill_requests and any(one.fill for one in shifts) and _changed(before, after):
            self._fill_requests.put([FillRequest(shifts[-1].shift_id)])
        if after:
            self._write_attributes(shifts[-1], after)

    def _write_attributes(self, shift: Shift, item: Mapping[str, Any]) -> None:
        """Writes what the item lacks.

        The change that this makes is handled, too, and lacks nothing.
        """
        attributes = {**index_attributes(shift), EXPIRES_AT: expiry(shift, self._retention_days)}
        missing = {name: value for name, value in attributes.items() if item.get(name) != value}
        if not missing:
            return
        # If the item has changed since, that change is handled later.
        with suppress(ChangedMeanwhile):
            self._shifts.write_attributes(shift, missing)


def _tells_managers(before: Shift, after: Shift | None = None) -> bool:
    """Returns whether managers may be told of a change.

    An event that was withdrawn may be true again, or the shift is full again after an event.
    """
    if after is None:
        return False
    sick = after.sick_calls.keys() - before.sick_calls.keys()
    is_full_again = before.unfilled_seats > 0 and not after.unfilled_seats
    return before.manager_events != after.manager_events or any(
        one.employee in sick or is_full_again for one in after.manager_events
    )


def _lost_seats(shifts: Sequence[Shift]) -> tuple[str, ...]:
    """Returns the holders who have lost their seats, other than by a cancellation."""
    before, after = shifts
    return tuple(
        f"{number} {booked_at.isoformat()}"
        for number, booked_at in before.holders.items()
        if booked_at is not None and number not in {**after.holders, **after.canceled_for}
    )


def _changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """Returns whether an attribute has changed that a decision can depend on."""
    return _own_attributes_left_out(before) != _own_attributes_left_out(after)


def _own_attributes_left_out(item: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {name: value for name, value in (item or {}).items() if name not in _OWN_ATTRIBUTES}
