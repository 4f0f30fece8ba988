"""Tests campaigns through Amazon Pinpoint on the deployed system."""

from lab.lab_system import PINPOINT_APPLICATION, LabSystem
from lab.phone_network import Fault, refuse
from tests.support.deployed_lab import put_campaign, status

MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"


def test_given_a_refusal_of_pinpoint_when_an_item_is_put_then_it_has_the_error(
    other_system: LabSystem,
) -> None:
    refuse_as = refuse("GoneException", "Amazon Pinpoint has been discontinued", status=410)
    other_system.network.faults.add(Fault(operation="CreateCampaign", act=refuse_as, times=1))
    put_campaign(other_system, "retired", campaign_message=MESSAGE)
    item = status(other_system, "retired")
    assert item["campaign_status"] == "failed"
    assert "discontinued" in str(item["campaign_error"])


def test_given_the_pinpoint_engine_when_an_item_is_put_then_the_campaign_starts(
    other_system: LabSystem,
) -> None:
    put_campaign(other_system, "campaign_id1", campaign_message=MESSAGE)
    assert status(other_system, "campaign_id1")["campaign_status"] == "launched"
    (campaign,) = other_system.network.campaigns
    assert campaign.application_id == PINPOINT_APPLICATION.application_id
    assert {campaign.segment_id} == PINPOINT_APPLICATION.segment_ids
    assert campaign.name == "campaign_id1"
    assert campaign.body == MESSAGE
    assert campaign.request["Schedule"]["StartTime"] == "IMMEDIATE"
