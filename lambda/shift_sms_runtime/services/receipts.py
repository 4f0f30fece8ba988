"""A delivery event settles the row of its text, whenever and however often it comes."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shift_sms_runtime.domain.receipts import DeliveryRow, Receipt, changes, usual_row
from shift_sms_runtime.services.send_once import Clock

_TRIES = 6


class ReceiptOutcome(StrEnum):
    """What became of one event, for logs and metrics."""

    SETTLED = "settled"
    OLD_NEWS = "old-news"
    NOT_OURS = "not-ours"


class RowKeepsChanging(Exception):
    """Others changed the row each time it was looked at; the event should be delivered again."""


class ReceiptLedger(Protocol):
    """The Deliveries table, as events change it."""

    def apply(self, receipt: Receipt, seen: DeliveryRow, *, now: datetime) -> tuple[bool, DeliveryRow | None]:
        """Write what the event says, and count it in the same step, if the row still is as it was ``seen``.

        Returns whether that was so and, if not, the row as it is; None when there is no such row.
        """


class Receipts:
    """Handles one event after the other."""

    def __init__(self, ledger: ReceiptLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def handle(self, receipt: Receipt | None) -> ReceiptOutcome:
        """Settle the row of the event's text; None is an event that is not about a campaign.

        Raises:
            RowKeepsChanging: to be tried again.
        """
        if receipt is None:
            return ReceiptOutcome.NOT_OURS
        row = usual_row(receipt)
        for _ in range(_TRIES):
            if not changes(receipt, row):
                return ReceiptOutcome.OLD_NEWS
            written, current = self._ledger.apply(receipt, row, now=self._clock())
            if written:
                return ReceiptOutcome.SETTLED
            if current is None:
                return ReceiptOutcome.NOT_OURS
            row = current
        raise RowKeepsChanging
