"""Tests the retired engine."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.launcher import CampaignLauncher
from shift_sms_runtime.campaigns.pinpoint_engine import (
    PinpointBusy,
    PinpointEngine,
    PinpointOutcomeUnknown,
    PinpointRefused,
)
from tests.support.campaign_world import MESSAGE
from tests.support.memory.campaigns import MemoryCampaigns


@dataclass
class FakePinpoint:
    """Records campaigns, or raises `error`."""

    error: Exception | None = None
    created: list[tuple[str, str]] = field(default_factory=list)

    def create(self, *, name: str, message: str) -> str:
        if self.error:
            raise self.error
        self.created.append((name, message))
        return "pinpoint-1"


def pinpoint_launcher(pinpoint: FakePinpoint, campaigns: MemoryCampaigns) -> CampaignLauncher:
    """Returns a launcher with the retired engine."""
    return CampaignLauncher(
        campaigns, PinpointEngine(pinpoint, campaigns), default_segment="segment", zone=ZoneInfo("UTC")
    )


ITEM = {"campaign_id": "campaign_id1", "campaign_message": MESSAGE}


def test_given_the_pinpoint_engine_when_an_item_is_put_twice_then_one_campaign() -> None:
    campaigns, pinpoint = MemoryCampaigns(), FakePinpoint()
    campaigns.rows["campaign_id1"] = {}
    for _ in range(2):
        pinpoint_launcher(pinpoint, campaigns).handle(ITEM, "launch-1")
    assert pinpoint.created == [("campaign_id1", MESSAGE)]
    item = campaigns.rows["campaign_id1"]
    assert {name: item[name] for name in item if not name.startswith("list")} == {
        "campaign_status": "launched",
        "encoding": "GSM",
        "segments_per_text": 1,
        "pinpoint_campaign_id": "pinpoint-1",
    }


@pytest.mark.parametrize(
    ("keep_typography", "text", "attributes"),
    [
        (False, "It's ж", {"encoding": "UCS-2", "segments_per_text": 1, "not_gsm": "ж"}),
        (True, "It’s ж", {"encoding": "UCS-2", "segments_per_text": 1, "not_gsm": "’ж"}),
    ],
)
def test_given_typography_when_put_with_pinpoint_then_replaced_unless_kept(
    keep_typography: bool, text: str, attributes: dict[str, Any]
) -> None:
    campaigns, pinpoint = MemoryCampaigns(), FakePinpoint()
    campaigns.rows["campaign_id1"] = {}
    engine = PinpointEngine(pinpoint, campaigns, keep_typography=keep_typography)
    item = ITEM | {"campaign_message": "It’s ж"}
    CampaignLauncher(campaigns, engine, default_segment="segment", zone=ZoneInfo("UTC")).handle(
        item, "launch-1"
    )
    assert pinpoint.created == [("campaign_id1", text)]
    assert attributes.items() <= campaigns.rows["campaign_id1"].items()


@pytest.mark.parametrize(("message", "sendable"), [("x" * 1530, True), ("x" * 1531, False)])
def test_given_a_message_too_long_when_put_with_pinpoint_then_it_is_refused(
    message: str, sendable: bool
) -> None:
    campaigns, pinpoint = MemoryCampaigns(), FakePinpoint()
    campaigns.rows["campaign_id1"] = {}
    pinpoint_launcher(pinpoint, campaigns).handle(ITEM | {"campaign_message": message}, "launch-1")
    assert bool(pinpoint.created) is sendable
    if not sendable:
        assert campaigns.rows["campaign_id1"]["campaign_status"] == "failed"
        assert "it has 1531 GSM characters" in campaigns.rows["campaign_id1"]["campaign_error"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PinpointRefused("NotFoundException: no such segment"), "refused the campaign: NotFoundException"),
        (PinpointOutcomeUnknown("ReadTimeoutError"), "did not answer (ReadTimeoutError)"),
    ],
)
def test_given_pinpoint_does_not_create_a_campaign_when_put_then_the_item_says_why(
    error: Exception, words: str
) -> None:
    campaigns, pinpoint = MemoryCampaigns(), FakePinpoint(error)
    campaigns.rows["campaign_id1"] = {}
    pinpoint_launcher(pinpoint, campaigns).handle(ITEM, "launch-1")
    assert campaigns.rows["campaign_id1"]["campaign_status"] == "failed"
    assert words in str(campaigns.rows["campaign_id1"]["campaign_error"])


def test_given_pinpoint_is_busy_when_redelivered_then_the_campaign_is_created() -> None:
    campaigns, pinpoint = MemoryCampaigns(), FakePinpoint(PinpointBusy("TooManyRequestsException"))
    campaigns.rows["campaign_id1"] = {}
    with pytest.raises(PinpointBusy):
        pinpoint_launcher(pinpoint, campaigns).handle(ITEM, "launch-1")
    pinpoint.error = None
    assert pinpoint_launcher(pinpoint, campaigns).handle(ITEM, "launch-1") is CampaignStatus.LAUNCHED


def test_given_a_launch_killed_while_creating_when_redelivered_then_not_repeated() -> None:
    campaigns, pinpoint = MemoryCampaigns(), FakePinpoint()
    campaigns.rows["campaign_id1"] = {"campaign_status": "launching"}
    assert pinpoint_launcher(pinpoint, campaigns).handle(ITEM, "launch-1") is CampaignStatus.FAILED
    assert not pinpoint.created
    assert "interrupted" in str(campaigns.rows["campaign_id1"]["campaign_error"])
