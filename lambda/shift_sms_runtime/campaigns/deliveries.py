"""Deliveries of a campaign: one per recipient, a row of the Deliveries table each."""

from dataclasses import dataclass

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus

MAX_ROWS_PER_WRITE = 99
"""A transaction has at most 100 actions, and one of them counts. Source: TransactWriteItems in the DynamoDB API
reference."""


@dataclass(frozen=True)
class Delivery:
    """The text of a campaign to one recipient."""

    campaign_id: str
    phone_number: str
    segments: int
    """The segments of the text."""
    offers: str | None = None
    """The one shift that the campaign is about, if it is about one: YES books it."""


@dataclass(frozen=True)
class NewDelivery:
    """A row as it is first written."""

    phone_number: str
    status: DeliveryStatus
    reason: str = ""


@dataclass(frozen=True)
class SkipResult:
    """The result of skipping recipients."""

    settled: int
    """How many still waited and are settled now."""
    being_sent: tuple[str, ...] = ()
    """The phone numbers that a sender is texting, or was texting when it died."""
