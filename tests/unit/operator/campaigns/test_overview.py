"""Tests what is read from a campaign item: its rate, the time that is left, and whether it has ended."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_operator.campaigns.views import CampaignOverview
from tests.support.operator_campaigns import LAUNCHED, NOON


@pytest.mark.parametrize(
    ("attributes", "sent", "rate", "remaining"),
    [
        ({}, 2, None, None),
        ({"first_send_at": NOON.isoformat(), "last_send_at": NOON.isoformat()}, 2, None, None),
        (
            {"first_send_at": NOON.isoformat(), "last_send_at": (NOON + timedelta(seconds=4)).isoformat()},
            2,
            0.25,
            timedelta(seconds=8),
        ),
        (
            {
                "first_send_at": NOON.isoformat(),
                "last_send_at": (NOON + timedelta(seconds=4)).isoformat(),
                "sent": 1,
            },
            1,
            None,
            None,
        ),
    ],
)
def test_given_sends_when_progress_is_read_then_the_rate_and_the_rest_follow(
    attributes: dict[str, Any], sent: int, rate: float | None, remaining: timedelta | None
) -> None:
    progress = CampaignOverview.of(
        {**LAUNCHED, "sent": 2, **attributes, "opted_out": 5 - 2 - attributes.get("sent", 2)}
    )
    assert (progress.settled, progress.sent) == (3, sent)
    assert (progress.texts_per_second, progress.remaining) == (rate, remaining)


@pytest.mark.parametrize(
    ("status", "waiting", "ended"),
    [
        (None, 0, False),
        ("launching", 0, False),
        ("launched", 0, False),
        ("finished", 0, True),
        ("failed", 0, True),
        ("stopped", 1, False),
        ("stopped", 0, True),
        ("paused", 0, False),
    ],
)
def test_given_a_status_when_progress_is_read_then_it_says_if_more_is_sent(
    status: str | None, waiting: int, ended: bool
) -> None:
    item = {"campaign_id": "august", "waiting": waiting, **({"campaign_status": status} if status else {})}
    assert CampaignOverview.of(item).ended is ended


@pytest.mark.parametrize("written", ["soon", "2026-11-28T12:00:00", None])
def test_given_a_time_written_by_hand_when_read_then_it_is_none_or_in_utc(written: str | None) -> None:
    overview = CampaignOverview.of({**LAUNCHED, "first_send_at": written})
    assert overview.first_send_at == (NOON if written and written != "soon" else None)
