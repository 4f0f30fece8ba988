"""The counters of a campaign, and what each change adds to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.messaging.ledger import ReplyKey, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


class Counter(StrEnum):
    """What is counted. The values name the attributes of counter rows and of campaign items."""

    TARGETED = "targeted"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    NOT_VERIFIED = "not_verified"
    BLOCKED_COUNTRY = "blocked_country"
    UNKNOWN = "unknown"
    STOPPED = "stopped"
    SEGMENTS_SPENT = "segments_spent"
    REPLIES = "replies"
    BOOKINGS = "bookings"
    SEATS_FILLED = "seats_filled"

    @classmethod
    def of(cls, status: DeliveryStatus) -> "Counter":
        """Returns the counter of a final status."""
        return cls(status.value.replace("-", "_"))


STATUS_COUNTERS = tuple(Counter.of(status) for status in DeliveryStatus if status.final)
"""Together with the recipients that still wait, these add up to `targeted`."""

SUMMARY_VERSION = "summary_version"
"""The attribute that holds how many writes a summary has counted. Of two summaries the greater version is newer."""

TIMES = ("first_send_at", "last_send_at", "first_booking_at", "last_booking_at")

SUMMARY_ATTRIBUTES = (
    *Counter,
    *TIMES,
    "waiting",
    "seconds_to_first_booking",
    "seconds_to_last_booking",
    SUMMARY_VERSION,
)
"""Every attribute of a campaign item that the summary writes."""


@dataclass(frozen=True)
class CounterDelta:
    """What one write adds to the counters of a campaign."""

    campaign_id: str
    counts: Mapping[Counter, int]
    sent_at: datetime | None = None
    booked_at: datetime | None = None


@dataclass(frozen=True)
class CounterRow:
    """One row of counters. `times` are ISO 8601 in UTC, by name."""

    counts: Mapping[Counter, int]
    writes: int
    times: Mapping[str, str] = field(default_factory=dict)


def delivery_delta(
    campaign_id: str, change: StatusChange, *, segments: int = 0, recipients: int = 1
) -> CounterDelta:
    """Returns what a change of deliveries adds to the counters of their campaign.

    Args:
        campaign_id: The campaign.
        change: The change, the same for every delivery.
        segments: The segments that the change shows to have been spent.
        recipients: How many deliveries change.
    """
    counts = {Counter.of(change.after): recipients} if change.after.final else {}
    if change.before.final:
        before = Counter.of(change.before)
        counts[before] = counts.get(before, 0) - recipients
    if segments:
        counts[Counter.SEGMENTS_SPENT] = segments
    is_send = not change.before.final and (segments > 0 or change.after is DeliveryStatus.UNKNOWN)
    return CounterDelta(campaign_id, counts, sent_at=change.at if is_send else None)


def reply_deltas(key: ReplyKey, change: StatusChange) -> list[CounterDelta]:
    """Returns what a reply that is settled adds to the counters of campaigns.

    One campaign led to the inbound text. Others had filled the seats that the inbound text gave back.
    """
    if change.before.final or not change.after.final:
        return []
    counts: dict[str, dict[Counter, int]] = {}
    if key.campaign_id is not None:
        counts[key.campaign_id] = {
            Counter.REPLIES: 1,
            Counter.BOOKINGS: key.bookings,
            Counter.SEATS_FILLED: key.bookings,
        }
    for campaign_id in key.given_back:
        of_campaign = counts.setdefault(campaign_id, {})
        of_campaign[Counter.SEATS_FILLED] = of_campaign.get(Counter.SEATS_FILLED, 0) - 1
    return [
        CounterDelta(campaign_id, adds, booked_at=change.at if adds.get(Counter.BOOKINGS) else None)
        for campaign_id, adds in counts.items()
    ]
