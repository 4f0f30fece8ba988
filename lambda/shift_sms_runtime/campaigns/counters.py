"""The counters of a campaign, and the amounts that status changes add to them."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.messaging.ledger import StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.records import record


class Counter(StrEnum):
    """The counters of a campaign.

    Their values are the names of attributes of counter rows and campaign items.
    """

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
"""These and the waiting recipients add up to `targeted`."""

SUMMARY_VERSION = "summary_version"
"""The attribute with the number of counter writes that a summary covers.

The newer summary has the greater one.
"""

TIME_ATTRIBUTES = ("first_send_at", "last_send_at", "first_booking_at", "last_booking_at")

SUMMARY_ATTRIBUTES = (
    *Counter,
    *TIME_ATTRIBUTES,
    "waiting",
    "seconds_to_first_booking",
    "seconds_to_last_booking",
    SUMMARY_VERSION,
)
"""The attributes of a campaign item that a summary writes."""


@record
class CounterDelta:
    """The amounts that one write adds to the counters of a campaign."""

    campaign_id: str
    counts: Mapping[Counter, int]
    sent_at: datetime | None = None
    booked_at: datetime | None = None


@record
class CounterRow:
    """One row of counters. `times` are in ISO 8601 and UTC, by attribute."""

    counts: Mapping[Counter, int]
    writes: int
    times: Mapping[str, str] = field(default_factory=dict)


def delivery_delta(
    campaign_id: str, change: StatusChange, *, segments: int = 0, recipients: int = 1
) -> CounterDelta:
    """Returns the amounts that a status change adds to the counters of a campaign.

    Args:
        campaign_id: The campaign.
        change: The change.
        segments: The segments that this change counts as spent.
        recipients: The number of deliveries that undergo the change.
    """
    counts = {Counter.of(change.after): recipients} if change.after.final else {}
    if change.before.final:
        before = Counter.of(change.before)
        counts[before] = counts.get(before, 0) - recipients
    if segments:
        counts[Counter.SEGMENTS_SPENT] = segments
    is_send = not change.before.final and (segments > 0 or change.after is DeliveryStatus.UNKNOWN)
    return CounterDelta(campaign_id, counts, sent_at=change.at if is_send else None)


def undone_deltas(campaign_ids: Iterable[str]) -> list[CounterDelta]:
    """Returns the amounts that undone bookings add to the counters of campaigns.

    Args:
        campaign_ids: For each booking, the campaign that had counted it.
    """
    undone = [*campaign_ids]
    return [
        CounterDelta(
            campaign_id,
            dict.fromkeys((Counter.BOOKINGS, Counter.SEATS_FILLED), -undone.count(campaign_id)),
        )
        for campaign_id in dict.fromkeys(undone)
    ]


def reply_deltas(
    campaign_id: str | None,
    *,
    at: datetime,
    bookings: int = 0,
    campaigns_of_dropped_seats: Iterable[str] = (),
) -> list[CounterDelta]:
    """Returns the amounts that an inbound text adds to the counters of campaigns.

    Args:
        campaign_id: The campaign that led to the text. It counts the reply and the bookings.
        at: When the text was carried out.
        bookings: The number of seats that the text booked.
        campaigns_of_dropped_seats: For each seat that the text dropped, the campaign that had filled it. The seat is
            subtracted from that campaign.
    """
    counts: dict[str, dict[Counter, int]] = {}
    if campaign_id is not None:
        counts[campaign_id] = {
            Counter.REPLIES: 1,
            Counter.BOOKINGS: bookings,
            Counter.SEATS_FILLED: bookings,
        }
    for dropped_from in campaigns_of_dropped_seats:
        campaign_counts = counts.setdefault(dropped_from, {})
        campaign_counts[Counter.SEATS_FILLED] = campaign_counts.get(Counter.SEATS_FILLED, 0) - 1
    return [
        CounterDelta(
            counted, campaign_counts, booked_at=at if campaign_counts.get(Counter.BOOKINGS) else None
        )
        for counted, campaign_counts in counts.items()
    ]
