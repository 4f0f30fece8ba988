"""Tests that segments are planned page by page, as deliveries and work items."""

import json
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.planner import MEMBERS_PER_PAGE, PlanOutcome
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.campaign_world import (
    MESSAGE,
    OVERTIME,
    CampaignWorld,
    assert_all_planned,
    launched_campaign,
    numbers,
    plan_all,
)
from tests.support.crash_points import STOPS, crash_points
from tests.support.memory.deliveries import miscounted


@pytest.mark.parametrize("members", [1, 2, 3, 5, 6, 7, 31, 300])
@pytest.mark.parametrize("members_per_page", [1, 3, 100])
def test_given_a_segment_of_any_page_count_when_planned_then_each_is_queued_once(
    members: int, members_per_page: int
) -> None:
    world = launched_campaign(members, members_per_page)
    world.plan()
    assert_all_planned(world)
    assert world.queued() == numbers(members)
    assert all(len(item.recipients) <= 2 for item in world.dispatch.waiting)


@pytest.mark.parametrize("members", [MEMBERS_PER_PAGE - 1, MEMBERS_PER_PAGE, MEMBERS_PER_PAGE + 1])
def test_given_a_segment_near_the_page_size_when_planned_then_each_is_queued_once(
    members: int,
) -> None:
    world = CampaignWorld(numbers(members))
    world.put(campaign_message=MESSAGE)
    world.plan()
    assert_all_planned(world)
    assert world.queued() == numbers(members)


@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize("newest_first", [False, True], ids=["oldest-first", "newest-first"])
def test_given_a_planner_interrupted_at_any_step_when_redelivered_then_each_once(
    stop: Callable[[], None], error: type[BaseException], newest_first: bool
) -> None:
    for step, after in crash_points(lambda: plan_all(launched_campaign())):
        world = launched_campaign()
        world.steps.once(step, stop, after=after)
        with pytest.raises(error):
            world.plan()
        if newest_first:
            world.pages.waiting.reverse()
        world.plan()
        assert_all_planned(world)


@pytest.mark.parametrize("copies", [1, 2])
def test_given_another_planner_at_any_step_when_it_takes_all_pages_then_all_planned(
    copies: int,
) -> None:
    for step, after in crash_points(lambda: plan_all(launched_campaign())):
        world = launched_campaign()
        world.pages.waiting *= copies
        world.steps.once(step, world.plan, after=after)
        world.plan()
        assert_all_planned(world)


def test_given_a_page_planned_before_when_delivered_again_then_it_is_ignored() -> None:
    world = launched_campaign()
    (first,) = world.pages.waiting
    world.plan()
    world.dispatch.waiting.clear()
    assert world.planner.handle(first) is PlanOutcome.PLANNED_BEFORE
    assert world.dispatch.waiting == []
    assert world.pages.waiting == []


def test_given_a_page_of_an_earlier_launch_when_delivered_late_then_it_is_ignored() -> None:
    world = launched_campaign()
    (first,) = world.pages.waiting
    world.plan()
    world.put(campaign_message="another text", relaunch="remaining")
    world.dispatch.waiting.clear()
    assert world.planner.handle(first) is PlanOutcome.PLANNED_BEFORE
    assert world.dispatch.waiting == []
    world.plan()
    assert {item.body.splitlines()[0] for item in world.dispatch.waiting} == {"another text"}


@pytest.mark.parametrize("how", ["stopped", "deleted"])
def test_given_an_ended_campaign_when_its_next_page_is_handled_then_planning_ends(
    how: str,
) -> None:
    world = launched_campaign()
    world.planner.handle(world.pages.waiting.pop())
    if how == "stopped":
        world.campaigns.rows["c"]["campaign_status"] = "stopped"
    else:
        del world.campaigns.rows["c"]
    world.plan()
    assert world.queued() == sorted(world.rows()) == numbers(3)
    if how == "stopped":
        assert world.campaigns.rows["c"]["campaign_status"] == "stopped"
    else:
        assert not world.campaigns.rows, "a deleted item stays deleted"


def test_given_a_stop_at_any_step_of_planning_when_planned_then_it_stays_stopped() -> None:
    for step, after in crash_points(lambda: plan_all(launched_campaign())):
        world = launched_campaign()
        world.steps.once(step, partial(world.campaigns.stop, "c", "enough"), after=after)
        world.plan()
        assert world.campaigns.rows["c"]["campaign_status"] == "stopped"
        assert miscounted(world.rows(), world.counted()) == []
        assert set(world.queued()) == set(world.rows())
        world.send()
        assert not world.phones.texts
        assert set(world.statuses().values()) <= {DeliveryStatus.STOPPED}


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_an_interrupted_planner_when_stopped_before_a_retry_then_all_settled(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    for step, after in crash_points(lambda: plan_all(launched_campaign())):
        world = launched_campaign()
        world.steps.once(step, stop, after=after)
        with pytest.raises(error):
            world.plan()
        world.campaigns.stop("c", "enough")
        world.plan()
        world.send()
        assert set(world.statuses().values()) <= {DeliveryStatus.STOPPED}
        assert miscounted(world.rows(), world.counted()) == []
        assert world.counted()["waiting"] == 0


def test_given_an_empty_segment_when_planned_then_it_fails_and_can_be_put_again() -> None:
    world = CampaignWorld()
    assert world.put(campaign_message=MESSAGE) is CampaignStatus.LAUNCHING
    world.plan()
    assert world.campaigns.rows["c"]["campaign_status"] == "failed"
    assert "segment 'overtime' has no members" in world.campaigns.rows["c"]["campaign_error"]
    assert not world.rows()
    world.segment_members.segments[OVERTIME] = set(numbers(3))
    world.put(campaign_message=MESSAGE)
    world.plan()
    assert_all_planned(world)
    assert "campaign_error" not in world.campaigns.rows["c"]


def add_members_later(world: CampaignWorld, members: Collection[str], **after_launch: float) -> None:
    """Adds members with `added_at`, a time after the launch."""
    for member in members:
        world.segment_members.put(OVERTIME, member, world.clock() + timedelta(**after_launch))


@pytest.mark.parametrize("members_per_page", [1, 3, 100])
def test_given_members_added_during_planning_when_planned_then_left_to_a_relaunch(
    members_per_page: int,
) -> None:
    before, within_tolerance, later = numbers(20)[:8], numbers(20)[8:10], numbers(20)[10:]
    world = launched_campaign(0, members_per_page)
    world.segment_members.segments[OVERTIME] = set(before)
    add_members_later(world, within_tolerance, minutes=59)
    add_members_later(world, later, minutes=61)
    world.clock.pass_time(hours=5)
    world.plan()
    world.send()
    assert world.texted() == [*before, *within_tolerance]
    assert world.campaigns.rows["c"]["campaign_status"] == "launched"
    world.run(relaunch="remaining")
    assert world.texted() == numbers(20)
    assert miscounted(world.rows(), world.counted()) == []


def test_given_only_members_added_after_the_launch_when_planned_late_then_it_fails() -> None:
    world = launched_campaign(0)
    add_members_later(world, numbers(2), hours=2)
    world.clock.pass_time(hours=3)
    world.plan()
    assert world.campaigns.rows["c"]["campaign_status"] == "failed"
    assert (
        "segment 'overtime' had no members when this campaign was launched"
        in world.campaigns.rows["c"]["campaign_error"]
    )
    world.run()
    assert world.texted() == numbers(2)


def test_given_a_page_without_launch_time_when_planned_then_every_member_is_queued() -> None:
    world = launched_campaign(0)
    add_members_later(world, numbers(2), hours=2)
    (page,) = world.pages.waiting
    fields = {name: value for name, value in json.loads(page.to_json()).items() if name != "launched_at"}
    world.pages.waiting[:] = [Page.from_json(json.dumps(fields))]
    world.plan()
    assert world.queued() == numbers(2)


def test_given_one_number_in_several_spellings_when_planned_then_one_recipient() -> None:
    spellings = ["+14255550101", "+1 (425) 555-0101", "+1 425 555 0101", "+1-425-555-0101"]
    for members_per_page in (1, 2, 100):
        world = CampaignWorld([*spellings, "+14255550102"], members_per_page=members_per_page)
        world.run()
        assert world.texted() == ["+14255550101", "+14255550102"]
        assert world.counted()["targeted"] == len(world.rows()) == 2


def test_given_members_without_a_valid_number_when_planned_then_failed_and_counted() -> None:
    world = CampaignWorld(["call me", "425 555 0101", "+1", "+14255550102"], members_per_page=2)
    world.put(campaign_message=MESSAGE)
    world.plan()
    assert world.queued() == ["+14255550102"]
    for member in ("call me", "425 555 0101", "+1"):
        row = world.rows()[member]
        assert (row.status, row.reason) == (DeliveryStatus.FAILED, "INVALID_NUMBER")
    assert world.counted()["targeted"] == 4
    assert world.counted()["failed"] == 3
    assert miscounted(world.rows(), world.counted()) == []


def test_given_only_members_without_a_valid_number_when_planned_then_all_failed() -> None:
    world = CampaignWorld(["call me"])
    world.run()
    assert world.campaigns.rows["c"]["campaign_status"] == "launched"
    assert world.counted()["failed"] == world.counted()["targeted"] == 1


def test_given_a_segment_for_days_when_planned_then_the_queue_stays_in_its_limit() -> None:
    members = numbers(30)
    world = CampaignWorld(members, members_per_page=5, most_waiting=10)
    world.put(campaign_message=MESSAGE)
    world.plan()
    assert len(world.rows()) == 10
    assert len(world.pages.delayed) == 1
    while world.pages.delayed:
        world.send()
        world.pages.show_delayed()
        world.plan()
        assert list(world.statuses().values()).count(DeliveryStatus.QUEUED) <= 10
    world.send()
    assert world.statuses() == dict.fromkeys(members, DeliveryStatus.SENT)
    assert world.campaigns.rows["c"]["campaign_status"] == "launched"


def test_given_lost_work_items_when_only_their_rows_wait_then_planning_continues() -> None:
    world = CampaignWorld(numbers(30), members_per_page=5, most_waiting=10)
    world.put(campaign_message=MESSAGE)
    world.plan()
    world.dispatch.waiting.clear()
    for _ in range(2):
        world.pages.show_delayed()
        world.plan()
    assert len(world.rows()) > 10
