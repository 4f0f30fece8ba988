"""Tests the Campaigns table."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignState, CampaignStatus, LaunchState
from shift_sms_runtime.tables.campaigns import listing
from tests.support.store_pairs import Stores

ITEM = {"campaign_message": "x"}


def status(stores: Stores) -> CampaignStatus | None:
    state = stores.campaigns.state("c")
    return state.status if state else None


def item(stores: Stores) -> dict[str, Any]:
    """Returns the item without the attributes of the index."""
    return {
        name: value for name, value in (stores.item() or {}).items() if name not in ("listing", "listed_at")
    }


def test_given_an_item_when_its_launch_progresses_then_it_has_the_status(stores: Stores) -> None:
    campaigns = stores.campaigns
    assert campaigns.state("c") is None
    stores.put_item(dict(ITEM))
    assert status(stores) is None
    assert campaigns.claim_launch("c")
    assert not campaigns.claim_launch("c")
    assert status(stores) is CampaignStatus.LAUNCHING
    campaigns.release_launch("c")
    assert item(stores) == ITEM
    assert campaigns.stop_reason("c", "first") is LaunchState.NEW_ITEM_PENDING
    assert campaigns.mark_launching(
        "c", "first", {"segments_per_text": 2, "not_gsm": "\u0416"}, status_when_put=None
    )
    assert item(stores) == ITEM | {
        "campaign_status": "launching",
        "launch_id": "first",
        "segments_per_text": 2,
        "not_gsm": "\u0416",
    }
    assert campaigns.planned_launch("c") is None
    campaigns.mark_launched("c", "zeroth")
    assert status(stores) is CampaignStatus.LAUNCHING, "a later launch has replaced that one"
    campaigns.mark_launched("c", "first")
    assert status(stores) is CampaignStatus.LAUNCHED
    assert campaigns.planned_launch("c") == "first"
    assert campaigns.stop_reason("c", "first") is None
    assert campaigns.stop_reason("c", "zeroth") is LaunchState.REPLACED
    assert not campaigns.mark_launching("c", "first", {}, status_when_put=None), (
        "the status has changed since"
    )
    campaigns.stop("c", "enough")
    assert campaigns.stop_reason("c", "first") == campaigns.stop_reason("c", "zeroth") == "enough"
    campaigns.mark_launched("c", "first")
    assert not campaigns.mark_launching("c", "first", {}, status_when_put=None)
    assert not campaigns.mark_launching("c", "first", {}, status_when_put="stopped"), (
        "this launch has begun before"
    )
    assert status(stores) is CampaignStatus.STOPPED, "a stopped campaign stays stopped"
    assert campaigns.planned_launch("c") is None
    assert campaigns.mark_launching("c", "second", {}, status_when_put="stopped"), (
        "a copy is put with its status"
    )
    launched = ITEM | {"launch_id": "second", "segments_per_text": 2}
    assert item(stores) == launched | {"campaign_status": "launching"}
    campaigns.mark_failed("c", "why")
    assert item(stores) == launched | {"campaign_status": "failed", "campaign_error": "why"}
    campaigns.mark_launched("c", "second")
    assert item(stores) == launched | {"campaign_status": "launched"}


def test_given_an_item_of_the_retired_engine_when_launched_then_it_has_the_details(stores: Stores) -> None:
    campaigns = stores.campaigns
    stores.put_item(ITEM | {"campaign_status": "launching", "campaign_error": "earlier"})
    campaigns.mark_launched_by_pinpoint("c", {"pinpoint_campaign_id": "1a2b"})
    launched = ITEM | {"campaign_status": "launched", "pinpoint_campaign_id": "1a2b"}
    assert item(stores) == launched
    assert campaigns.planned_launch("c") is None
    campaigns.stop("c", "enough")
    campaigns.mark_launched_by_pinpoint("c", {})
    assert status(stores) is CampaignStatus.STOPPED


def test_given_a_deleted_item_when_written_to_then_it_stays_deleted(stores: Stores) -> None:
    campaigns = stores.campaigns
    assert not campaigns.claim_launch("c")
    assert not campaigns.mark_launching("c", "first", {"encoding": "GSM"}, status_when_put=None)
    campaigns.mark_launched("c", "first")
    campaigns.mark_launched_by_pinpoint("c", {})
    campaigns.mark_failed("c", "x")
    campaigns.stop("c", "x")
    for planned_launch in (None, "first"):
        summary = {"summary_version": 1, "sent": 1, "waiting": 0}
        campaigns.write_summary("c", summary, planned_launch=planned_launch)
    assert campaigns.planned_launch("c") is None
    campaigns.release_launch("c")
    assert stores.item() is None
    assert campaigns.stop_reason("c", "first") == "the campaign item was deleted"


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({}, None),
        ({"campaign_status": "launching"}, None),
        ({"campaign_status": "failed", "campaign_error": "x"}, "x"),
        ({"campaign_status": "failed"}, "put again, and failed"),
        ({"campaign_status": "stopped"}, "stopped by the operator"),
        ({"campaign_status": "stopped", "campaign_error": "SPENT"}, "SPENT"),
        ({"campaign_status": "paused"}, LaunchState.PAUSED),
        ({"campaign_status": "scheduled"}, LaunchState.PAUSED),
        ({"campaign_status": "finished"}, None),
    ],
)
def test_given_an_item_with_a_status_when_read_then_only_a_running_one_goes_on(
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
        summary = {"summary_version": version, "sent": 10 * version}
        stores.campaigns.write_summary("c", summary, planned_launch=None)
    assert item(stores) == ITEM | {"summary_version": 5, "sent": 50}
    stores.campaigns.mark_launching("c", "first", {}, status_when_put=None)
    begun = ITEM | {"campaign_status": "launching", "launch_id": "first"}
    assert item(stores) == begun
    stores.campaigns.write_summary("c", {"summary_version": 3, "sent": 30}, planned_launch=None)
    assert item(stores) == begun | {"summary_version": 3, "sent": 30}


@pytest.mark.parametrize(
    ("before", "launch", "waiting", "after"),
    [
        ("launched", "first", 0, "finished"),
        ("launched", "first", 1, "launched"),
        ("finished", "first", 1, "launched"),
        ("finished", "first", 0, "finished"),
        ("launched", "zeroth", 0, "launched"),
        ("launched", None, 0, "launched"),
        ("launching", "first", 0, "launching"),
        ("requested", "first", 0, "requested"),
        ("stopped", "first", 0, "stopped"),
        ("failed", "first", 0, "failed"),
    ],
)
def test_given_a_summary_when_no_planned_recipient_waits_then_it_is_finished(
    stores: Stores, before: str, launch: str | None, waiting: int, after: str
) -> None:
    stores.put_item(ITEM | {"campaign_status": before, "launch_id": "first", "summary_version": 4})
    for version in (7, 7, 3):
        summary = {"summary_version": version, "waiting": waiting}
        stores.campaigns.write_summary("c", summary, planned_launch=launch)
    assert item(stores) == ITEM | {
        "campaign_status": after,
        "launch_id": "first",
        "summary_version": 7,
        "waiting": waiting,
    }


def test_given_a_newer_summary_when_an_older_one_has_none_waiting_then_not_finished(stores: Stores) -> None:
    stores.put_item(
        ITEM | {"campaign_status": "launched", "launch_id": "first", "summary_version": 9, "waiting": 2}
    )
    stores.campaigns.write_summary("c", {"summary_version": 8, "waiting": 0}, planned_launch="first")
    assert item(stores)["campaign_status"] == "launched"


def test_given_an_item_put_by_hand_when_launched_or_ended_then_it_is_in_the_list(stores: Stores) -> None:
    campaigns = stores.campaigns
    for end in (
        lambda: campaigns.mark_launching("c", "first", {}, status_when_put=None),
        lambda: campaigns.claim_launch("c"),
        lambda: campaigns.mark_failed("c", "why"),
        lambda: campaigns.stop("c", "why"),
    ):
        stores.put_item(dict(ITEM))
        end()
        assert (stores.item() or {}).items() >= listing(stores.clock()).items()


def test_given_an_item_of_the_list_when_it_ends_then_its_place_in_the_list_stays(stores: Stores) -> None:
    earlier = listing(stores.clock() - timedelta(hours=1))
    for end in (stores.campaigns.mark_failed, stores.campaigns.stop):
        stores.put_item(ITEM | earlier)
        end("c", "why")
        assert (stores.item() or {}).items() >= earlier.items()
    stores.campaigns.mark_launching("c", "first", {}, status_when_put="stopped")
    assert (stores.item() or {}).items() >= listing(stores.clock()).items(), "a launch comes first again"


def test_given_a_scheduled_item_when_it_goes_on_then_it_has_the_state(stores: Stores) -> None:
    campaigns = stores.campaigns
    assert not campaigns.mark_scheduled("c", status_when_put=None)
    assert stores.item() is None
    stores.put_item({**ITEM, "launch_id": "copied", "targeted": 3, "send_at": "2026-08-15T17:00"})
    assert campaigns.mark_scheduled("c", status_when_put=None)
    assert campaigns.mark_scheduled("c", status_when_put=None), "the record is delivered twice"
    scheduled = CampaignState(CampaignStatus.SCHEDULED, send_at="2026-08-15T17:00")
    assert campaigns.state("c") == scheduled
    assert "targeted" not in item(stores)
    assert campaigns.stop_reason("c", "first") is LaunchState.REPLACED
    assert not campaigns.request_launch("c", CampaignState(CampaignStatus.PAUSED), relaunch=True)
    assert campaigns.request_launch("c", scheduled, relaunch=False)
    assert (status(stores), item(stores).get("relaunch")) == (CampaignStatus.REQUESTED, None)
    stores.edit_item(campaign_status="launching")
    launching = CampaignState(CampaignStatus.LAUNCHING)
    assert campaigns.request_launch("c", launching, relaunch=True)
    assert item(stores)["relaunch"] == "remaining"
    stores.edit_item(campaign_status="stopped")
    assert not campaigns.mark_scheduled("c", status_when_put=None), "the operator has stopped it"


def test_given_a_launch_replaced_meanwhile_when_requested_then_it_is_refused(stores: Stores) -> None:
    campaigns = stores.campaigns
    stores.put_item({**ITEM, "campaign_status": "launching"})
    before = campaigns.state("c")
    assert before == CampaignState(CampaignStatus.LAUNCHING)
    stores.edit_item(launch_id="first")
    assert not campaigns.request_launch("c", before, relaunch=True), "a launch has begun"
    first = campaigns.state("c")
    assert first == CampaignState(CampaignStatus.LAUNCHING, "first")
    stores.edit_item(launch_id="second")
    assert not campaigns.request_launch("c", first, relaunch=True), "another launch has begun"
    second = campaigns.state("c")
    assert second is not None
    assert campaigns.request_launch("c", second, relaunch=True)
    assert status(stores) is CampaignStatus.REQUESTED


def test_given_a_paused_item_when_its_launch_goes_on_then_it_stays_paused(stores: Stores) -> None:
    campaigns = stores.campaigns
    stores.put_item({**ITEM, "campaign_status": "paused"})
    assert campaigns.stop_reason("c", "first") is LaunchState.PAUSED, "paused before its launch"
    stores.put_item({**ITEM})
    campaigns.mark_launching("c", "first", {"launched_at": "2026-08-15T12:00:00+00:00"}, status_when_put=None)
    stores.edit_item(campaign_status="paused")
    assert campaigns.stop_reason("c", "first") is LaunchState.PAUSED
    assert campaigns.stop_reason("c", "zeroth") is LaunchState.REPLACED
    assert campaigns.planned_launch("c") is None
    assert not campaigns.mark_launched("c", "first")
    assert not campaigns.mark_launching("c", "first", {}, status_when_put=None)
    assert campaigns.state("c") == CampaignState(CampaignStatus.PAUSED, "first", "2026-08-15T12:00:00+00:00")
    stores.edit_item(campaign_status="scheduled")
    assert not campaigns.mark_launched("c", "first"), "the operator has scheduled the rest"
    stores.edit_item(campaign_status="paused")
    campaigns.write_summary("c", {"waiting": 0, "summary_version": 1}, planned_launch="first")
    assert status(stores) is CampaignStatus.PAUSED
    stores.edit_item(campaign_status="launching")
    assert campaigns.stop_reason("c", "first") is None
    assert campaigns.mark_launched("c", "first")
    assert status(stores) is CampaignStatus.LAUNCHED
