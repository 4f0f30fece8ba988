"""Reports what came of a campaign: its numbers, the cost by country, and when its recipients were settled.

The rows of Deliveries are read in pages. What is kept of them is counted by country, reason and minute.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from shift_sms_operator.campaigns.audience import costs
from shift_sms_operator.campaigns.prices import Price, country_of
from shift_sms_operator.campaigns.views import CampaignOverview, CampaignReport
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164

MAX_POINTS = 48
"""The points of the curve. More are not told apart on a chart."""

_TEXTED = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED})
_MINUTE = len("2026-11-28T12:00")


def make_report(
    item: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    prices: Mapping[str, Price],
    *,
    most: int | None = None,
) -> CampaignReport:
    """Returns the report of a campaign.

    Args:
        item: The item of the campaign.
        rows: Its rows in Deliveries.
        prices: The prices by country.
        most: The most rows to read. By default all are read.
    """
    recipients: Counter[str] = Counter()
    segments: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    left = iter(rows)
    for row in islice(left, most):
        status = DeliveryStatus(row["status"])
        if "segments" in row:
            # The service has accepted the text and bills it, whatever the carrier reports.
            country = _country(str(row["phone_number"]))
            recipients[country] += 1
            segments[country] += int(row["segments"])
        if status.final and status not in _TEXTED:
            reasons[str(row.get("reason") or status.value)] += 1
        if status.final and "settled_at" in row:
            minutes[_minute(str(row["settled_at"]))] += 1
    return CampaignReport(
        item=item,
        progress=CampaignOverview.of(item),
        countries=costs(recipients, segments, prices),
        reasons=dict(reasons.most_common()),
        settled=_curve(minutes),
        complete=most is None or next(left, None) is None,
    )


def _country(number: str) -> str:
    try:
        return country_of(to_e164(number))
    except NotAPhoneNumber:
        return ""


def _minute(time: str) -> str:
    return datetime.fromisoformat(time).astimezone(UTC).isoformat()[:_MINUTE]


def _curve(minutes: Mapping[str, int]) -> tuple[tuple[datetime, int], ...]:
    """Returns the sums by time, at most `MAX_POINTS` of them, with the last one."""
    points, total = [], 0
    for minute in sorted(minutes):
        total += minutes[minute]
        points.append((datetime.fromisoformat(f"{minute}+00:00"), total))
    step = -(-len(points) // MAX_POINTS) or 1
    # Counted from the end, so that the last point stays.
    return tuple(reversed(points[::-1][::step]))
