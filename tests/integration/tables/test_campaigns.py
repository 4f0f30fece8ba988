"""Tests the Campaigns table."""

from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignGone, CampaignStatus, LaunchState
from tests.support.store_pairs import Stores

ITEM = {"campaign_message": "x"}


def test_given_an_item_when_its_launch_goes_on_then_it_says_where_it_is(stores: Stores) -> None:
    board = stores.board
    with pytest.raises(CampaignGone):
        board.status("c")
    stores.put_item(dict(ITEM))
    assert board.status("c") is None
    assert board.begin("c")
    assert not board.begin("c")
    assert board.status("c") is CampaignStatus.LAUNCHING
    board.give_back("c")
    assert stores.item() == ITEM
    assert board.halted("c", "first") is LaunchState.UNDECIDED
    assert board.launching("c", "first", {"segments_per_text": 2, "not_gsm": "\u0416"}, over=None)
    assert stores.item() == ITEM | {
        "campaign_status": "launching",
        "launch_id": "first",
        "segments_per_text": 2,
        "not_gsm": "\u0416",
    }
    board.launched("c", {})
    assert board.status("c") is CampaignStatus.LAUNCHED
    assert board.halted("c", "first") is None
    assert board.halted("c", "zeroth") is LaunchState.REPLACED
    assert not board.launching("c", "first", {}, over=None), "what came later stays"
    board.stop("c", "enough")
    assert board.halted("c", "first") == board.halted("c", "zeroth") == "enough"
    board.launched("c", {})
    assert not board.launching("c", "first", {}, over=None)
    assert board.status("c") is CampaignStatus.STOPPED, "who stopped it meant it"
    assert board.launching("c", "second", {}, over="stopped"), "a copy brings its status along"
    launched = ITEM | {"launch_id": "second", "segments_per_text": 2}
    assert stores.item() == launched | {"campaign_status": "launching"}
    board.failed("c", "why")
    assert stores.item() == launched | {"campaign_status": "failed", "campaign_error": "why"}
    board.launched("c", {})
    assert stores.item() == launched | {"campaign_status": "launched"}


def test_given_a_deleted_item_when_written_to_then_it_stays_deleted(stores: Stores) -> None:
    board = stores.board
    assert not board.begin("c")
    assert not board.launching("c", "first", {"encoding": "GSM"}, over=None)
    board.launched("c", {})
    board.failed("c", "x")
    board.stop("c", "x")
    board.report("c", {"progress_version": 1, "sent": 1})
    board.give_back("c")
    assert stores.item() is None
    assert board.halted("c", "first") == "the campaign item was deleted"


@pytest.mark.parametrize(
    ("attributes", "halted"),
    [
        ({}, None),
        ({"campaign_status": "launching"}, None),
        ({"campaign_status": "failed", "campaign_error": "x"}, None),
        ({"campaign_status": "stopped"}, "stopped by the operator"),
        ({"campaign_status": "stopped", "campaign_error": "SPENT"}, "SPENT"),
        ({"campaign_status": "paused"}, None),
    ],
)
def test_given_what_an_item_says_when_asked_whether_it_is_over_then_only_stopped_is(
    stores: Stores, attributes: dict[str, Any], halted: str | None
) -> None:
    stores.put_item(ITEM | attributes | {"launch_id": "first"})
    assert stores.board.halted("c", "first") == halted


def test_given_a_failed_relaunch_when_an_earlier_launch_asks_then_it_is_halted(
    stores: Stores,
) -> None:
    stores.put_item(ITEM | {"campaign_status": "failed", "campaign_error": "too long"})
    assert stores.board.halted("c", "first") == "too long"
    stores.put_item(ITEM | {"campaign_status": "failed", "campaign_error": "too long", "launch_id": "other"})
    assert stores.board.halted("c", "first") == "too long"


def test_given_sums_when_reported_in_any_order_then_the_newest_stays(stores: Stores) -> None:
    stores.put_item(dict(ITEM))
    for version in (2, 5, 3, 5, 1):
        stores.board.report("c", {"progress_version": version, "sent": 10 * version})
    assert stores.item() == ITEM | {"progress_version": 5, "sent": 50}
    stores.board.launching("c", "first", {}, over=None)
    begun = ITEM | {"campaign_status": "launching", "launch_id": "first"}
    assert stores.item() == begun
    stores.board.report("c", {"progress_version": 3, "sent": 30})
    assert stores.item() == begun | {"progress_version": 3, "sent": 30}
