"""Tests counters and launch plans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shift_sms_runtime.campaigns.launch_plan import LaunchPlan, PlanState
from shift_sms_runtime.campaigns.reconciliation.held_message import HeldKind, HeldMessage
from shift_sms_runtime.campaigns.work_items import Page
from tests.support.dialogues.dialogue import ANN
from tests.support.store_operations import NOW, queued
from tests.support.store_pairs import Stores

PAGE = Page("c", "first", "overtime", "x", 1)


def test_given_a_launch_plan_when_it_begins_advances_and_finishes_then_all_see_it(
    stores: Stores,
) -> None:
    plans = stores.plans
    assert not plans.is_due(PAGE)
    assert plans.begin("c", "first", relaunch=False) == LaunchPlan(PlanState.BEGUN, "first")
    assert plans.begin("c", "first", relaunch=False) == LaunchPlan(PlanState.UNFINISHED, "first")
    assert plans.is_due(PAGE)
    plans.advance(PAGE, "b")
    assert plans.begin("c", "second", relaunch=False) == LaunchPlan(PlanState.UNFINISHED, "first", "b")
    assert not plans.is_due(PAGE), "an earlier page is not due"
    assert plans.is_due(replace(PAGE, after="b"))
    assert plans.is_due(replace(PAGE, after="c")), "a later page is due"
    assert not plans.is_due(replace(PAGE, after="b", launch_id="zeroth"))
    plans.advance(PAGE, "a")
    plans.finish(PAGE)
    assert plans.is_due(replace(PAGE, after="b")), "an earlier page does not change the plan"
    plans.advance(replace(PAGE, after="d"), "e")
    plans.advance(replace(PAGE, after="b"), "d")
    assert plans.begin("c", "second", relaunch=False).after == "e"
    plans.finish(replace(PAGE, after="e"))
    assert not plans.is_due(replace(PAGE, after="e"))
    assert plans.begin("c", "second", relaunch=False) == LaunchPlan(PlanState.FINISHED, "first")
    assert plans.begin("c", "first", relaunch=True) == LaunchPlan(PlanState.FINISHED, "first")
    assert plans.begin("c", "second", relaunch=True) == LaunchPlan(PlanState.BEGUN, "second")
    assert plans.is_due(replace(PAGE, launch_id="second"))
    plans.advance(replace(PAGE, launch_id="second"), "b")
    assert plans.begin("c", "third", relaunch=True) == LaunchPlan(PlanState.BEGUN, "third"), (
        "a relaunch begins with the first page"
    )
    assert not plans.is_due(replace(PAGE, launch_id="second", after="b")), "the earlier launch has ended"


def test_given_a_void_launch_plan_when_the_next_begins_then_it_counts_as_the_first(stores: Stores) -> None:
    stores.plans.begin("c", "first", relaunch=False)
    stores.plans.finish(PAGE, void=True)
    assert not stores.plans.is_due(PAGE)
    assert stores.plans.begin("c", "second", relaunch=False) == LaunchPlan(PlanState.BEGUN, "second")


def test_given_counters_when_a_summary_is_requested_then_only_the_version_grows(stores: Stores) -> None:
    stores.deliveries.add("c", queued(ANN), requeue_stopped=False, now=NOW)
    before = stores.counted()
    stores.plans.request_summary("c")
    assert stores.counted() == before | {"summary_version": before["summary_version"] + 1}


def test_given_a_counter_row_when_its_key_is_read_then_it_names_the_campaign(stores: Stores) -> None:
    key = {"campaign_shard": "shift #3#63", "part": "counters"}
    assert stores.counters.campaign_id(key) == "shift #3"


def test_given_held_messages_when_read_then_in_the_order_of_their_time(stores: Stores) -> None:
    held, at = stores.held, datetime(2026, 8, 15, 8, 0, 0, 123000, tzinfo=UTC)
    later = HeldMessage("c", HeldKind.PAGE, "{}", at + timedelta(hours=1))
    first = HeldMessage("c", HeldKind.WORK_ITEM, '{"a": 1}', at.replace(microsecond=0))
    other = HeldMessage("d", HeldKind.WORK_ITEM, '{"a": 1}', at)
    for message in (later, first, other, first):
        held.hold(message)
    assert list(held.page("c", 25)) == [first, later]
    assert list(held.page("c", 1)) == [first]
    held.remove(first)
    held.remove(first)
    assert list(held.page("c", 25)) == [later]
    assert list(stores.counters.rows("c")) == [], "no counter row is touched"


def test_given_a_message_held_again_when_the_earlier_one_is_removed_then_it_stays(stores: Stores) -> None:
    read = HeldMessage("c", HeldKind.WORK_ITEM, "{}", datetime(2026, 8, 15, 8, tzinfo=UTC))
    again = HeldMessage(read.campaign_id, read.kind, read.body, read.until)
    stores.held.hold(read)
    stores.held.hold(again)
    stores.held.remove(read)
    assert list(stores.held.page("c", 25)) == [again]
    stores.held.remove(again)
    assert list(stores.held.page("c", 25)) == []


def test_given_a_plan_when_found_then_it_has_its_state(stores: Stores) -> None:
    plans = stores.plans
    assert plans.find("c") is None
    plans.begin("c", "first", relaunch=False)
    plans.advance(PAGE, "b")
    assert plans.find("c") == LaunchPlan(PlanState.UNFINISHED, "first", "b")
    plans.finish(replace(PAGE, after="b"))
    assert plans.find("c") == LaunchPlan(PlanState.FINISHED, "first", "b")
    plans.begin("c", "second", relaunch=True)
    plans.finish(replace(PAGE, launch_id="second"), void=True)
    assert plans.find("c") is None
