"""Tests the report of a campaign."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from shift_sms_operator.campaigns.prices import Price, shipped_prices
from shift_sms_operator.campaigns.report import MAX_POINTS, make_report
from shift_sms_operator.campaigns.views import CampaignReport

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ITEM = {"campaign_id": "august", "campaign_message": "x", "targeted": 4, "waiting": 0}
US = Price(Decimal("0.0075"), Decimal("0.003"), "our contract", NOON.date())


def row(number: str, status: str, *, minutes: float = 0, **attributes: Any) -> dict[str, Any]:
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    return {"phone_number": number, "status": status, "settled_at": at, **attributes}


def report(*rows: dict[str, Any]) -> CampaignReport:
    return make_report(ITEM, rows, {**shipped_prices(), "US": US})


def test_given_rows_when_reported_then_what_aws_bills_is_by_country() -> None:
    made = report(
        row("+14255550101", "delivered", segments=2),
        row("+14255550102", "failed", segments=2, reason="TEXT_UNREACHABLE"),
        row("+14255550103", "opted-out", reason="opted out before the send"),
        row("+819012345678", "sent", segments=1),
        {"phone_number": "call me", "status": "failed", "reason": "INVALID_NUMBER"},
        {"phone_number": "+14255550105", "status": "queued"},
    )
    assert [(one.country, one.recipients, one.segments, one.usd) for one in made.countries] == [
        ("US", 2, 4, Decimal("0.0420")),
        ("JP", 1, 1, Decimal("0.07451")),
    ]
    assert (made.segments, made.usd) == (5, Decimal("0.11651"))
    assert made.reasons == {"TEXT_UNREACHABLE": 1, "opted out before the send": 1, "INVALID_NUMBER": 1}


def test_given_a_country_without_price_when_reported_then_the_sum_is_not_known() -> None:
    made = report(row("+14255550101", "sent", segments=1), row("+491701234567", "sent", segments=1))
    assert made.usd is None
    assert report().usd == 0


def test_given_many_minutes_when_reported_then_the_curve_has_few_points_and_its_end() -> None:
    made = report(*(row(f"+1425555{place:04}", "sent", minutes=place) for place in range(200)))
    assert len(made.settled) <= MAX_POINTS
    assert made.settled[-1] == (NOON + timedelta(minutes=199), 200)
    counts = [count for _, count in made.settled]
    assert counts == sorted(counts)
    assert report().settled == ()
    assert report(row("+14255550101", "sent", minutes=3.9)).settled == ((NOON + timedelta(minutes=3), 1),)
