"""Counters of a campaign, and what a change of a row adds to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.messaging.ledger import ReplyKey, StatusChange
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


class Counter(StrEnum):
    """What is counted, by the names of the attributes on a counter row and on the campaign item."""

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
        """The counter of a final status."""
        return cls(status.value.replace("-", "_"))


BY_STATUS = tuple(Counter.of(status) for status in DeliveryStatus if status.final)
"""Together with what still waits, they add up to ``targeted``."""


VERSION = "progress_version"
"""How many writes have been counted: of two sums the one with more is the newer."""


TIMES = ("first_send_at", "last_send_at", "first_booking_at", "last_booking_at")


ATTRIBUTES = (
    *Counter,
    *TIMES,
    "waiting",
    "seconds_to_first_booking",
    "seconds_to_last_booking",
    VERSION,
)
"""Everything that the sum is written as on a campaign item."""


@dataclass(frozen=True)
class CounterDelta:
    """What one write adds to the counters of a campaign."""

    campaign_id: str
    counts: Mapping[Counter, int]
    sent_at: datetime | None = None
    booked_at: datetime | None = None


@dataclass(frozen=True)
class CounterRow:
    """One row of counters; times are ISO 8601 in UTC, by name."""

    counts: Mapping[Counter, int]
    writes: int
    times: Mapping[str, str] = field(default_factory=dict)


def delta_of(
    campaign_id: str, change: StatusChange, *, segments: int = 0, recipients: int = 1
) -> CounterDelta:
    """What it adds when ``recipients`` rows of a campaign change their status alike.

    ``segments`` are what was found out to have been spent by it.
    """
    counts = {Counter.of(change.after): recipients} if change.after.final else {}
    if change.before.final:
        before = Counter.of(change.before)
        counts[before] = counts.get(before, 0) - recipients
    if segments:
        counts[Counter.SEGMENTS_SPENT] = segments
    took_place = not change.before.final and (segments > 0 or change.after is DeliveryStatus.UNKNOWN)
    return CounterDelta(campaign_id, counts, sent_at=change.at if took_place else None)


def deltas_of(answer: ReplyKey, change: StatusChange) -> list[CounterDelta]:
    """What it adds to campaigns when an answer comes to its end: to the one that led to its text, and to those that had
    filled the seats which the text gave back."""
    if change.before.final or not change.after.final:
        return []
    counts: dict[str, dict[Counter, int]] = {}
    if answer.campaign_id is not None:
        booked = answer.bookings
        counts[answer.campaign_id] = {
            Counter.REPLIES: 1,
            Counter.BOOKINGS: booked,
            Counter.SEATS_FILLED: booked,
        }
    for campaign_id in answer.given_back:
        adds = counts.setdefault(campaign_id, {})
        adds[Counter.SEATS_FILLED] = adds.get(Counter.SEATS_FILLED, 0) - 1
    return [
        CounterDelta(campaign_id, adds, booked_at=change.at if adds.get(Counter.BOOKINGS) else None)
        for campaign_id, adds in counts.items()
    ]
