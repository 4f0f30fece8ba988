"""Tests counters, launch plans and send permits."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import boto3
import pytest

from shift_sms_runtime.campaigns.campaign import LaunchPlan, PlanState
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.tables.campaign_counters import DynamoSendPermits
from tests.support.crash_points import Steps, stepwise
from tests.support.dialogues.dialogue import ANN
from tests.support.functions_on_moto import FunctionsOnMoto
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


def idle_since(system: FunctionsOnMoto, span: timedelta) -> None:
    """Makes the number free since a time in the past."""
    free_from = int((datetime.now(UTC) - span).timestamp() * 1e6)
    system.dynamodb.Table("CampaignCounters").put_item(
        Item={"campaign_shard": "#permits", "part": "number", "free_from": free_from}
    )


A_MOMENT = timedelta(milliseconds=20)

SPAN = timedelta(seconds=30)

FAR = datetime.max.replace(tzinfo=UTC)


def test_given_a_busy_number_when_reserved_too_late_then_it_says_when_it_is_free(
    system: FunctionsOnMoto,
) -> None:
    permits = DynamoSendPermits(boto3.client("dynamodb"), "CampaignCounters", "number")
    first = permits.reserve(SPAN, datetime.now(UTC))
    assert first.reserved
    for _ in range(2):
        refused = permits.reserve(SPAN, datetime.now(UTC) + SPAN / 2)
        assert not refused.reserved
        assert abs(refused.begins - first.begins - SPAN) < A_MOMENT
    assert permits.reserve(SPAN, refused.begins + A_MOMENT).begins == refused.begins


@pytest.mark.parametrize("idle", [None, timedelta(seconds=1), timedelta(days=1)])
def test_given_an_idle_number_when_reserved_then_from_now_without_gap_or_overlap(
    system: FunctionsOnMoto, idle: timedelta | None
) -> None:
    if idle is not None:
        idle_since(system, idle)
    permits = DynamoSendPermits(boto3.client("dynamodb"), "CampaignCounters", "number")
    before = datetime.now(UTC)
    begun = [permits.reserve(SPAN, FAR).begins for _ in range(5)]
    assert before - A_MOMENT <= begun[0] <= datetime.now(UTC)
    assert [later - earlier for earlier, later in pairwise(begun)] == [SPAN] * 4


def test_given_two_numbers_when_reserved_then_neither_waits_for_the_other(system: FunctionsOnMoto) -> None:
    client = boto3.client("dynamodb")
    before = datetime.now(UTC)
    begun = [
        DynamoSendPermits(client, "CampaignCounters", number).reserve(SPAN, FAR).begins
        for number in ("one", "two")
    ]
    assert all(before - A_MOMENT <= one <= datetime.now(UTC) for one in begun)


@pytest.mark.parametrize("idle", [None, timedelta(0), timedelta(seconds=1), timedelta(days=1)])
def test_given_other_reservations_at_any_step_when_reserved_then_no_spans_overlap(
    system: FunctionsOnMoto, idle: timedelta | None
) -> None:
    for step, after in itertools.product((1, 2, 3), (False, True)):
        system.dynamodb.Table("CampaignCounters").delete_item(
            Key={"campaign_shard": "#permits", "part": "number"}
        )
        if idle is not None:
            idle_since(system, idle)
        steps, before = Steps(), datetime.now(UTC)
        permits = DynamoSendPermits(stepwise(boto3.client("dynamodb"), steps), "CampaignCounters", "number")
        begun: list[datetime] = []
        steps.once(
            step,
            lambda permits=permits, begun=begun: begun.append(permits.reserve(SPAN, FAR).begins),  # type: ignore[misc]
            after=after,
        )
        begun += [permits.reserve(SPAN, FAR).begins for _ in range(3)]
        begun.sort()
        assert before - A_MOMENT <= begun[0]
        assert all(later - earlier >= SPAN for earlier, later in pairwise(begun))


def test_given_a_counter_row_when_its_key_is_read_then_it_names_the_campaign(stores: Stores) -> None:
    key = {"campaign_shard": "shift #3#63", "part": "counters"}
    assert stores.counters.campaign_id(key) == "shift #3"
