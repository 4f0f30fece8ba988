"""Tests the Campaigns table."""

from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignGone, CampaignStatus, LaunchState
from tests.support.store_pairs import Stores

ITEM = {"campaign_message": "x"}


def test_given_an_item_when_its_launch_progresses_then_it_has_the_status(stores: Stores) -> None:
    campaigns = stores.campaigns
    with pytest.raises(CampaignGone):
        campaigns.status("c")
    stores.put_item(dict(ITEM))
    assert campaigns.status("c") is None
    assert campaigns.claim_launch("c")
    assert not campaigns.claim_launch("c")
    assert campaigns.status("c") is CampaignStatus.LAUNCHING
    campaigns.release_launch("c")
    assert stores.item() == ITEM
    assert campaigns.stop_reason("c", "first") is LaunchState.NEW_ITEM_PENDING
    assert campaigns.mark_launching(
        "c", "first", {"segments_per_text": 2, "not_gsm": "\u0416"}, status_when_put=None
    )
    assert stores.item() == ITEM | {
        "campaign_status": "launching",
        "launch_id": "first",
        "segments_per_text": 2,
        "not_gsm": "\u0416",
    }
    campaigns.mark_launched("c", {})
    assert campaigns.status("c") is CampaignStatus.LAUNCHED
    assert campaigns.stop_reason("c", "first") is None
    assert campaigns.stop_reason("c", "zeroth") is LaunchState.REPLACED
    assert not campaigns.mark_launching("c", "first", {}, status_when_put=None), (
        "the status has changed since"
    )
    campaigns.stop("c", "enough")
    assert campaigns.stop_reason("c", "first") == campaigns.stop_reason("c", "zeroth") == "enough"
    campaigns.mark_launched("c", {})
    assert not campaigns.mark_launching("c", "first", {}, status_when_put=None)
    assert campaigns.status("c") is CampaignStatus.STOPPED, "a stopped campaign stays stopped"
    assert campaigns.mark_launching("c", "second", {}, status_when_put="stopped"), (
        "a copy is put with its status"
    )
    launched = ITEM | {"launch_id": "second", "segments_per_text": 2}
    assert stores.item() == launched | {"campaign_status": "launching"}
    campaigns.mark_failed("c", "why")
    assert stores.item() == launched | {"campaign_status": "failed", "campaign_error": "why"}
    campaigns.mark_launched("c", {})
    assert stores.item() == launched | {"campaign_status": "launched"}


def test_given_a_deleted_item_when_written_to_then_it_stays_deleted(stores: Stores) -> None:
    campaigns = stores.campaigns
    assert not campaigns.claim_launch("c")
    assert not campaigns.mark_launching("c", "first", {"encoding": "GSM"}, status_when_put=None)
    campaigns.mark_launched("c", {})
    campaigns.mark_failed("c", "x")
    campaigns.stop("c", "x")
    campaigns.write_summary("c", {"summary_version": 1, "sent": 1})
    campaigns.release_launch("c")
    assert stores.item() is None
    assert campaigns.stop_reason("c", "first") == "the campaign item was deleted"


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({}, None),
        ({"campaign_status": "launching"}, None),
        ({"campaign_status": "failed", "campaign_error": "x"}, None),
        ({"campaign_status": "stopped"}, "stopped by the operator"),
        ({"campaign_status": "stopped", "campaign_error": "SPENT"}, "SPENT"),
        ({"campaign_status": "paused"}, None),
    ],
)
def test_given_an_item_with_a_status_when_read_then_only_stopped_is_a_stop_reason(
    stores: Stores, attributes: dict[str, Any], reason: str | None
) -> None:
    stores.put_item(ITEM | attributes | {"launch_id": "first"})
    assert stores.campaigns.stop_reason("c", "first") == reason


def test_given_a_failed_relaunch_when_an_earlier_launch_reads_it_then_it_ends(
    stores: Stores,
) -> None:
    stores.put_item(ITEM | {"campaign_status": "failed", "campaign_error": "too long"})
    assert stores.campaigns.stop_reason("c", "first") == "too long"
    stores.put_item(ITEM | {"campaign_status": "failed", "campaign_error": "too long", "launch_id": "other"})
    assert stores.campaigns.stop_reason("c", "first") == "too long"


def test_given_summaries_when_written_in_any_order_then_the_newest_stays(stores: Stores) -> None:
    stores.put_item(dict(ITEM))
    for version in (2, 5, 3, 5, 1):
        stores.campaigns.write_summary("c", {"summary_version": version, "sent": 10 * version})
    assert stores.item() == ITEM | {"summary_version": 5, "sent": 50}
    stores.campaigns.mark_launching("c", "first", {}, status_when_put=None)
    begun = ITEM | {"campaign_status": "launching", "launch_id": "first"}
    assert stores.item() == begun
    stores.campaigns.write_summary("c", {"summary_version": 3, "sent": 30})
    assert stores.item() == begun | {"summary_version": 3, "sent": 30}
