"""Records delivery events on the rows of their texts."""

from enum import StrEnum

from shift_sms_runtime.delivery_events.delivery_event import DeliveryEvent, expected_row, takes_effect
from shift_sms_runtime.delivery_events.ports import DeliveryEventLedger
from shift_sms_runtime.messaging.ports import Clock

_MAX_ATTEMPTS = 6


class RecordOutcome(StrEnum):
    """The outcome of one event, for the log and metrics."""

    RECORDED = "recorded"
    IGNORED = "ignored"
    """The row has a later event, or belongs to another text."""
    UNRELATED = "unrelated"
    """The event is not about a text of a campaign."""


class RowKeepsChanging(Exception):
    """Other functions changed the row in every attempt. The event should be delivered again."""


class DeliveryEventRecorder:
    """Records delivery events on the rows of the Deliveries table."""

    def __init__(self, ledger: DeliveryEventLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def handle(self, event: DeliveryEvent | None) -> RecordOutcome:
        """Records an event on the row of its text. `event` is None if it is not about a campaign.

        Raises:
            RowKeepsChanging: the event was not recorded.
        """
        if event is None:
            return RecordOutcome.UNRELATED
        row = expected_row(event)
        for _ in range(_MAX_ATTEMPTS):
            if not takes_effect(event, row):
                return RecordOutcome.IGNORED
            written, current = self._ledger.record_event(event, row, now=self._clock())
            if written:
                return RecordOutcome.RECORDED
            if current is None:
                return RecordOutcome.UNRELATED
            row = current
        raise RowKeepsChanging
