"""Tests which events follow from a change of a campaign."""

import json
from typing import Any

import pytest

from tests.support.domain_events import events_of, names


def item(status: str | None, **attributes: Any) -> dict[str, Any]:
    written = {"campaign_status": status} if status else {}
    return {"campaign_id": "C1", "campaign_message": "night A1", **written, **attributes}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("launching", "launched", ["CampaignLaunched"]),
        ("failed", "launched", ["CampaignLaunched"]),
        ("launched", "finished", ["CampaignFinished"]),
        # A recipient waits again. It is the same launch.
        ("finished", "launched", []),
        ("launched", "stopped", ["CampaignStopped"]),
        (None, "stopped", ["CampaignStopped"]),
        ("launching", "failed", ["CampaignFailed"]),
        ("launched", "paused", ["CampaignPaused"]),
        ("scheduled", "paused", ["CampaignPaused"]),
        ("paused", "launching", ["CampaignResumed"]),
        ("paused", "stopped", ["CampaignStopped"]),
        (None, "scheduled", []),
        (None, "launching", []),
        ("finished", "requested", []),
        ("launched", "no such status", []),
        ("launched", None, []),
        *((status, status, []) for status in ("launched", "paused", "finished", "stopped", "failed")),
    ],
)
def test_given_a_status_when_it_changes_then_its_event_follows(
    before: str | None, after: str | None, expected: list[str]
) -> None:
    assert names(events_of(item(before), item(after))) == expected


def test_given_a_campaign_when_put_or_deleted_then_no_event_follows() -> None:
    assert events_of(None, item("launched")) == []
    assert events_of(item("launched"), None) == []


def test_given_a_campaign_when_finished_then_the_detail_has_counts_and_no_message() -> None:
    written = {"launch_id": "L1", "segment": "nurses", "sent": 40, "bookings": 3, "waiting": 0}
    (event,) = events_of(item("launched", **written), item("finished", **written, campaign_error="Ann"))
    assert json.loads(event.to_json())["campaign"] == {
        "campaign_id": "C1",
        "counts": {"sent": 40, "bookings": 3},
        "launch_id": "L1",
        "segment": "nurses",
    }
