"""Tests CreateCampaign with boto3."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.phone_network import APPLICATION, RunningNetwork


def test_given_a_segment_when_a_campaign_is_created_then_it_is_recorded(running: RunningNetwork) -> None:
    campaign_id = running.campaign()

    (campaign,) = running.network.campaigns
    assert (campaign.campaign_id, campaign.application_id, campaign.segment_id) == (
        campaign_id,
        APPLICATION,
        "segment-1",
    )
    assert (campaign.name, campaign.body) == ("campaign-1", "Shifts!")
    assert campaign.request["Schedule"] == {"StartTime": "IMMEDIATE"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"application": "unknown"}, "NotFoundException"),
        ({"SegmentId": "unknown"}, "NotFoundException"),
        ({"Name": None}, "BadRequestException"),
        ({"Schedule": {"Frequency": "ONCE"}}, "BadRequestException"),
        ({"Schedule": {"StartTime": "IMMEDIATE", "Frequency": "IMMEDIATE"}}, "BadRequestException"),
        ({"IsPaused": "no"}, "BadRequestException"),
    ],
)
def test_given_a_campaign_pinpoint_refuses_when_created_then_raised_as_documented(
    running: RunningNetwork, changes: dict[str, Any], code: str
) -> None:
    expected: type[ClientError] = getattr(running.pinpoint.exceptions, code)
    with pytest.raises(expected):
        running.campaign(**changes)
    assert running.network.campaigns == ()
