"""Counts whom a campaign would text, with the segments and the country of each text.

The members are read in pages, so the memory that this takes does not grow with the segment.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from shift_sms_operator.campaigns.prices import Price, country_of
from shift_sms_operator.campaigns.views import Audience, CountryCost
from shift_sms_runtime.campaigns.campaign import CampaignTexts
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.employees.quiet_times import quiet_until
from shift_sms_runtime.language.locale import primary_language
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.tables.deliveries import DynamoDeliveries
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers

MAX_EXAMINED = 100_000
"""The members that are examined. Counting stops there, and the figures are the least that the campaign takes."""

_BATCH = 100
"""The keys of one BatchGetItem. Source: Amazon DynamoDB API reference."""
_WAITING = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.STOPPED})
"""A relaunch texts recipients with these statuses, and members without a row."""


@dataclass
class _Counts:
    """What is counted so far."""

    members: int = 0
    opted_out: int = 0
    invalid_numbers: int = 0
    duplicates: int = 0
    tried_before: int = 0
    not_on_roster: int = 0
    in_quiet_hours: int = 0
    recipients: Counter[str] = field(default_factory=Counter)
    """By country."""
    segments: Counter[str] = field(default_factory=Counter)
    """By country."""
    other_spellings: set[str] = field(default_factory=set)
    """The numbers of members that are not written in E.164. The loaders write E.164, so these are few."""


class AudienceCounter:
    """Counts the recipients of campaigns."""

    def __init__(
        self,
        members: DynamoSegmentMembers,
        employees: Employees,
        deliveries: DynamoDeliveries,
        *,
        quiet_hours: QuietHours,
        zone: ZoneInfo,
    ) -> None:
        """`zone` is the time zone of recipients who have none."""
        self._members = members
        self._employees = employees
        self._deliveries = deliveries
        self._quiet_hours = quiet_hours
        self._zone = zone

    def count(
        self,
        segment: str,
        texts: CampaignTexts,
        prices: Mapping[str, Price],
        *,
        at: datetime,
        relaunch_of: str | None = None,
        most: int = MAX_EXAMINED,
        on_progress: Callable[[int], None] = lambda _members: None,
    ) -> Audience:
        """Counts the recipients of one segment.

        Args:
            segment: The segment.
            texts: The text in every language.
            prices: The prices by country.
            at: When the campaign is launched.
            relaunch_of: The campaign whose earlier recipients are not texted again; None for a new campaign.
            most: The members to examine.
            on_progress: Called with the members that are examined so far.
        """
        counts, complete = _Counts(), True
        for batch in self._batches(segment, most):
            if not batch:
                complete = False
                break
            self._count(segment, batch, texts, counts, at=at, relaunch_of=relaunch_of)
            on_progress(counts.members)
        return Audience(
            segment=segment,
            members=counts.members,
            recipients=counts.recipients.total(),
            opted_out=counts.opted_out,
            invalid_numbers=counts.invalid_numbers,
            duplicates=counts.duplicates,
            tried_before=counts.tried_before,
            not_on_roster=counts.not_on_roster,
            in_quiet_hours=counts.in_quiet_hours,
            countries=costs(counts.recipients, counts.segments, prices),
            complete=complete,
        )

    def _batches(self, segment: str, most: int) -> Iterator[Sequence[str]]:
        """Yields members as they are written. An empty batch says that the segment has more than `most`."""
        after: str | None = ""
        while after is not None:
            if most <= 0:
                if self._members.page(segment, after, 1)[0]:
                    yield ()
                return
            members, after = self._members.page(segment, after, min(_BATCH, most))
            most -= len(members)
            if members:
                yield members

    def _count(
        self,
        segment: str,
        members: Sequence[str],
        texts: CampaignTexts,
        counts: _Counts,
        *,
        at: datetime,
        relaunch_of: str | None,
    ) -> None:
        counts.members += len(members)
        numbers = self._new_numbers(segment, members, counts)
        if relaunch_of is not None:
            statuses = self._deliveries.statuses(relaunch_of, numbers)
            tried = {number for number, status in statuses.items() if status not in _WAITING}
            counts.tried_before += len(tried)
            numbers = [number for number in numbers if number not in tried]
        employees = self._employees.of(numbers)
        for number in numbers:
            employee = employees.get(number)
            if employee is not None and employee.opted_out:
                counts.opted_out += 1
                continue
            if employee is None or not employee.on_roster:
                counts.not_on_roster += 1
            if quiet_until(employee, self._quiet_hours, at, self._zone) is not None:
                counts.in_quiet_hours += 1
            language = primary_language(employee.language if employee else "")
            text = texts.by_language.get(language, texts.default)
            country = country_of(number)
            counts.recipients[country] += 1
            counts.segments[country] += text.size.segments

    def _new_numbers(self, segment: str, members: Iterable[str], counts: _Counts) -> list[str]:
        """Returns the numbers of members in E.164, without those that another member has."""
        numbers: list[str] = []
        others: list[str] = []
        for member in members:
            try:
                number = to_e164(member)
            except NotAPhoneNumber:
                counts.invalid_numbers += 1
            else:
                (numbers if number == member else others).append(number)
        new = set(others) - counts.other_spellings - set(self._members.existing(segment, others))
        counts.duplicates += len(others) - len(new)
        counts.other_spellings |= new
        return [*numbers, *sorted(new)]


def costs(
    recipients: Mapping[str, int], segments: Mapping[str, int], prices: Mapping[str, Price]
) -> tuple[CountryCost, ...]:
    """Returns the cost of each country, that with the most segments first."""
    countries = [
        CountryCost(country, recipients[country], segments[country], prices.get(country))
        for country in recipients
    ]
    return tuple(sorted(countries, key=lambda one: (-one.segments, one.country)))
