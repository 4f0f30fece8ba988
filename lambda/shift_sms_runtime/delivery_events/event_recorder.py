"""Records delivery events on the rows of their texts."""

from enum import StrEnum

from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, changes, usual_row
from shift_sms_runtime.delivery_events.ports import DeliveryEventLedger
from shift_sms_runtime.messaging.ports import Clock

_TRIES = 6


class RecordOutcome(StrEnum):
    """The result of one event, for the log and metrics."""

    SETTLED = "settled"
    OLD_NEWS = "old-news"
    """The row has a later event, or belongs to another text."""
    NOT_OURS = "not-ours"
    """The event is about no text of a campaign."""


class RowKeepsChanging(Exception):
    """Other functions changed the row between every read and write. The event should be delivered again."""


class DeliveryEventRecorder:
    """Records delivery events."""

    def __init__(self, ledger: DeliveryEventLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def handle(self, event: DeliveryEvent | None) -> RecordOutcome:
        """Settles the row of the event's text. None is an event that is not about a campaign.

        Raises:
            RowKeepsChanging: the event was not recorded.
        """
        if event is None:
            return RecordOutcome.NOT_OURS
        row = usual_row(event)
        for _ in range(_TRIES):
            if not changes(event, row):
                return RecordOutcome.OLD_NEWS
            written, current = self._ledger.record_event(event, row, now=self._clock())
            if written:
                return RecordOutcome.SETTLED
            if current is None:
                return RecordOutcome.NOT_OURS
            row = current
        raise RowKeepsChanging
