"""Tests the retired engine."""

import pytest

from tests.support.functions_on_moto import MESSAGE, FunctionsOnMoto


def test_given_the_pinpoint_engine_when_an_item_is_put_then_the_posts_campaign_runs(
    system: FunctionsOnMoto,
) -> None:
    system.campaign_launcher = "launch_pinpoint_campaign"
    system.put_campaign(campaign_id="campaign_id1", campaign_message=MESSAGE)
    (campaign,) = system.network.campaigns
    assert campaign.segment_id == "seg"
    assert campaign.request["Name"] == "campaign_id1"
    assert campaign.request["MessageConfiguration"]["SMSMessage"]["Body"] == MESSAGE
    assert campaign.request["Schedule"]["StartTime"] == "IMMEDIATE"
    (row,) = system.rows("Campaigns")
    assert row["campaign_status"] == "launched"


def test_given_a_wrong_segment_when_pinpoint_refuses_then_the_item_says_why(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.campaign_launcher = "launch_pinpoint_campaign"
    monkeypatch.setenv("PINPOINT_SEGMENT_ID", "elsewhere")
    system.put_campaign(campaign_id="campaign_id1", campaign_message=MESSAGE)
    (row,) = system.rows("Campaigns")
    assert row["campaign_status"] == "failed"
    assert "NotFoundException" in row["campaign_error"]
