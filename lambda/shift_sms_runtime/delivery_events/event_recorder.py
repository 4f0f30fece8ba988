"""Records delivery events on the rows of their texts."""

from enum import StrEnum

from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, changes, usual_row
from shift_sms_runtime.delivery_events.ports import DeliveryEventLedger
from shift_sms_runtime.messaging.ports import Clock

_TRIES = 6


class RecordOutcome(StrEnum):
    """What became of one event, for logs and metrics."""

    SETTLED = "settled"
    OLD_NEWS = "old-news"
    NOT_OURS = "not-ours"


class RowKeepsChanging(Exception):
    """Others changed the row each time it was looked at; the event should be delivered again."""


class DeliveryEventRecorder:
    """Handles one event after the other."""

    def __init__(self, ledger: DeliveryEventLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def handle(self, receipt: DeliveryEvent | None) -> RecordOutcome:
        """Settle the row of the event's text; None is an event that is not about a campaign.

        Raises:
            RowKeepsChanging: to be tried again.
        """
        if receipt is None:
            return RecordOutcome.NOT_OURS
        row = usual_row(receipt)
        for _ in range(_TRIES):
            if not changes(receipt, row):
                return RecordOutcome.OLD_NEWS
            written, current = self._ledger.apply(receipt, row, now=self._clock())
            if written:
                return RecordOutcome.SETTLED
            if current is None:
                return RecordOutcome.NOT_OURS
            row = current
        raise RowKeepsChanging
