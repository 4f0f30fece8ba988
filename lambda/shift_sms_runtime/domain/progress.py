"""How a campaign is doing: what single writes add to its counters, and what the counters add up to.

A campaign has many rows of counters, so that senders do not wait for each other; each is written in the transaction
that changes what it counts. Adding the rows up may be done at any time and any number of times.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from shift_sms_runtime.domain.deliveries import Answer, Change, DeliveryStatus


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
class Tally:
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


def tally_of(campaign_id: str, change: Change, *, segments: int = 0, recipients: int = 1) -> Tally:
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
    return Tally(campaign_id, counts, sent_at=change.at if took_place else None)


def tallies_of(answer: Answer, change: Change) -> list[Tally]:
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
        Tally(campaign_id, adds, booked_at=change.at if adds.get(Counter.BOOKINGS) else None)
        for campaign_id, adds in counts.items()
    ]


def summed(rows: Iterable[CounterRow]) -> dict[str, Any]:
    """The attributes of a campaign item that say how it is doing."""
    counts = dict.fromkeys(Counter, 0)
    times: dict[str, str] = {}
    version = 0
    for row in rows:
        version += row.writes
        for counter, count in row.counts.items():
            counts[counter] += count
        for name, time in row.times.items():
            choose = min if name.startswith("first") else max
            times[name] = choose(times.get(name, time), time)
    report: dict[str, Any] = {counter.value: count for counter, count in counts.items()}
    report["waiting"] = counts[Counter.TARGETED] - sum(counts[counter] for counter in BY_STATUS)
    for which in ("first", "last"):
        if "first_send_at" in times and f"{which}_booking_at" in times:
            since = datetime.fromisoformat(times["first_send_at"])
            taken = datetime.fromisoformat(times[f"{which}_booking_at"]) - since
            report[f"seconds_to_{which}_booking"] = round(taken.total_seconds())
    return report | times | {VERSION: version}
