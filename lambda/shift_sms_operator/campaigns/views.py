"""What operators see of campaigns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shift_sms_operator.campaigns.prices import Price
from shift_sms_runtime.campaigns.campaign import CampaignStatus, CampaignTexts
from shift_sms_runtime.campaigns.counters import STATUS_COUNTERS, Counter
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus


class LaunchOutcome(StrEnum):
    """What a launch did."""

    LAUNCHED = "launched"
    ALREADY_THERE = "already-there"
    """There is a campaign with this id and these words: the launch was given twice."""


@dataclass(frozen=True)
class CampaignWarning:
    """Something that an operator should look at before a campaign is launched."""

    subject: str
    """What it is about, such as a code in the message."""
    message: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}"


@dataclass(frozen=True)
class CountryCost:
    """The texts to one country."""

    country: str
    """Two letters (ISO 3166-1); empty if it is not known."""
    recipients: int
    segments: int
    price: Price | None
    """None if the price file has none for the country."""

    @property
    def usd(self) -> Decimal | None:
        """What the texts cost; None if the price is not known."""
        return None if self.price is None else self.price.per_segment * self.segments


def total_usd(countries: tuple[CountryCost, ...]) -> Decimal | None:
    """Returns the cost of all texts; None if the price of one country is not known."""
    costs = [country.usd for country in countries]
    return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal())


@dataclass(frozen=True)
class Audience:
    """Whom a campaign would text, and whom it would skip."""

    segment: str
    members: int = 0
    """The members that were examined."""
    recipients: int = 0
    opted_out: int = 0
    invalid_numbers: int = 0
    duplicates: int = 0
    """Members whose number another member has in another spelling."""
    tried_before: int = 0
    """Members whom an earlier launch has texted or tried to text."""
    not_on_roster: int = 0
    """Recipients without a row in Employees. They are texted in the default language."""
    in_quiet_hours: int = 0
    """Recipients who are in their quiet hours at the launch, and are texted when these end."""
    countries: tuple[CountryCost, ...] = ()
    complete: bool = True
    """Whether all members were examined. If not, the segment is larger than the limit."""

    @property
    def segments(self) -> int:
        """The message parts of all texts."""
        return sum(country.segments for country in self.countries)

    @property
    def usd(self) -> Decimal | None:
        """The cost of all texts; None if the price of one country is not known."""
        return total_usd(self.countries)


@dataclass(frozen=True)
class CampaignPreview:
    """What a campaign would send."""

    campaign_id: str
    message: str
    texts: CampaignTexts
    warnings: tuple[CampaignWarning, ...]
    audience: Audience | None
    """None with the Pinpoint engine, which has segments of its own."""
    messages_per_second: int
    send_at: datetime | None = None
    """When it is launched, in the time zone of the stack; None for at once."""

    @property
    def duration(self) -> timedelta | None:
        """How long the texts take at the rate of the number, if nothing else is sent."""
        if self.audience is None:
            return None
        return timedelta(seconds=-(-self.audience.segments // self.messages_per_second))


@dataclass(frozen=True)
class CampaignOverview:
    """How far a campaign is."""

    campaign_id: str
    status: CampaignStatus | None
    """None while the launch has not begun."""
    error: str
    counts: Mapping[str, int]
    """The counters, and `waiting`, by attribute."""
    first_send_at: datetime | None
    last_send_at: datetime | None
    by_pinpoint: bool

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "CampaignOverview":
        """Reads the progress from a campaign item."""
        status = item.get("campaign_status")
        names = [*Counter, "waiting"]
        return cls(
            campaign_id=str(item["campaign_id"]),
            status=CampaignStatus(status) if status in list(CampaignStatus) else None,
            error=str(item.get("campaign_error", "")),
            counts={name: int(item.get(name, 0)) for name in names},
            first_send_at=stored_time(item.get("first_send_at")),
            last_send_at=stored_time(item.get("last_send_at")),
            by_pinpoint="pinpoint_campaign_id" in item,
        )

    @property
    def targeted(self) -> int:
        """The recipients that are planned."""
        return self.counts[Counter.TARGETED]

    @property
    def waiting(self) -> int:
        """The recipients that are planned and not settled."""
        return self.counts["waiting"]

    @property
    def settled(self) -> int:
        """The recipients that were sent to, skipped or refused."""
        return self.targeted - self.waiting

    @property
    def sent(self) -> int:
        """The recipients that were sent to."""
        return self.settled - sum(self.counts[counter] for counter in _NOT_SENT)

    @property
    def statuses(self) -> tuple[tuple[str, int], ...]:
        """The recipients by status, such as `opted out`. A status without recipients is omitted."""
        counts = ((name, self.counts[name]) for name in (*STATUS_COUNTERS, "waiting"))
        return tuple((str(name).replace("_", " "), count) for name, count in counts if count)

    @property
    def texts_per_second(self) -> float | None:
        """The rate of the sends so far; None before the second one."""
        if self.first_send_at is None or self.last_send_at is None or self.sent < _FEWEST_FOR_A_RATE:
            return None
        seconds = (self.last_send_at - self.first_send_at).total_seconds()
        return (self.sent - 1) / seconds if seconds > 0 else None

    @property
    def remaining(self) -> timedelta | None:
        """How long the waiting recipients take at this rate; None if the rate is not known yet."""
        rate = self.texts_per_second
        return None if rate is None else timedelta(seconds=round(self.waiting / rate))

    @property
    def ended(self) -> bool:
        """Whether nothing more will be sent. The rest of a stopped campaign is settled first."""
        if self.status in (CampaignStatus.FINISHED, CampaignStatus.FAILED):
            return True
        return self.status is CampaignStatus.STOPPED and self.waiting == 0


_FEWEST_FOR_A_RATE = 2
_NOT_SENT = [
    counter
    for counter in STATUS_COUNTERS
    if counter not in map(Counter.of, (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN))
]


def stored_time(stored: object) -> datetime | None:
    """Returns a time of an item; None for one that is missing, or was written by hand and is no time."""
    try:
        at = datetime.fromisoformat(str(stored))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@dataclass(frozen=True)
class CampaignReport:
    """What came of a campaign, from its item and its rows in Deliveries."""

    item: Mapping[str, Any]
    progress: CampaignOverview
    countries: tuple[CountryCost, ...]
    """The texts that AWS accepted and bills. The segments are those of the ledger."""
    reasons: Mapping[str, int]
    """Why recipients got no text, and how many."""
    settled: tuple[tuple[datetime, int], ...]
    """How many recipients were settled by each time, at most `MAX_POINTS` points."""
    complete: bool = True
    """Whether all rows were read. If not, the countries, the reasons and the times are of some recipients."""

    @property
    def segments(self) -> int:
        """The message parts that AWS bills."""
        return sum(country.segments for country in self.countries)

    @property
    def usd(self) -> Decimal | None:
        """The cost of these; None if the price of one country is not known."""
        return total_usd(self.countries)
