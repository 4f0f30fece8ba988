"""Rows of the Deliveries table: one per recipient of a campaign."""

from dataclasses import dataclass

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


@dataclass(frozen=True)
class Delivery:
    """One recipient of a campaign, a row of the Deliveries table. ``segments`` is what the text takes.

    ``offers`` is the one shift that the campaign is about, if it is one: YES books it.
    """

    campaign_id: str
    phone_number: str
    segments: int
    offers: str | None = None


@dataclass(frozen=True)
class Skipped:
    """What came of recipients who are not to be texted any more."""

    settled: int
    """How many still waited, and are settled now."""
    being_sent: tuple[str, ...] = ()
    """Those whom a sender is texting, or was when it died."""


@dataclass(frozen=True)
class NewDelivery:
    """A ledger row as it begins."""

    phone_number: str
    status: DeliveryStatus
    reason: str = ""
