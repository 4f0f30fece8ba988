"""Deliveries of a campaign: one row of the Deliveries table per recipient."""

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.records import record

MAX_ROWS_PER_WRITE = 99
"""A transaction has at most 100 actions, one of which updates the counters.

Source: TransactWriteItems in the DynamoDB API reference.
"""


@record
class Delivery:
    """The text of a campaign to one recipient.

    Has the key of its row, and what settling the row needs.
    """

    campaign_id: str
    phone_number: str
    segments: int
    """The number of segments of the text."""
    offered_shift_id: str | None = None
    """The one shift that the campaign names, if it names one. YES books it."""


@record
class NewDelivery:
    """A row to add."""

    phone_number: str
    status: DeliveryStatus
    reason: str = ""


@record
class SkipResult:
    """The result of skipping recipients."""

    settled: int
    """The number of waiting recipients that were settled."""
    claimed: tuple[str, ...] = ()
    """The phone numbers that a sender has claimed. The sender may have stopped."""
