"""Tests campaigns that an operator schedules after their launch."""

from datetime import timedelta

import pytest

from tests.support.campaign_world import (
    EVENING,
    MESSAGE,
    CampaignWorld,
    assert_all_settled,
    fire_timer,
    follow,
    go_on,
    launched_campaign,
    numbers,
    planned_campaign,
    status,
    write,
)
from tests.support.clock import Deadline


def run_at_its_time(world: CampaignWorld) -> None:
    """Launches the campaign at its time, and follows the change to `launching`."""
    fire_timer(world)
    follow(world)
    go_on(world)


def paused_campaign() -> CampaignWorld:
    """Returns a world with a campaign that was paused after 5 of 12 texts."""
    world = planned_campaign(12)
    world.sender.handle(world.dispatch.waiting.pop(0), Deadline(world.clock, 60))
    write(world, campaign_status="paused")
    go_on(world)
    assert (status(world), len(world.texted())) == ("paused", 5)
    return world


@pytest.mark.parametrize("paused", [False, True])
def test_given_a_launched_campaign_when_scheduled_by_hand_then_the_rest_waits(paused: bool) -> None:
    world = paused_campaign() if paused else planned_campaign(12)
    before = world.texted()
    at = world.clock() + timedelta(hours=21)
    write(world, send_at=at.isoformat(), campaign_status="scheduled")
    go_on(world)
    assert (status(world), world.texted(), world.timers.at) == ("scheduled", before, {"c": at})
    run_at_its_time(world)
    assert (status(world), world.texted()) == ("finished", numbers(12))
    assert world.held.messages == []
    assert_all_settled(world)


def test_given_a_campaign_scheduled_while_planned_then_its_status_stays() -> None:
    """The planner has read the status before, and plans the last page after."""
    world = launched_campaign(members=2, members_per_page=3)
    at = world.clock() + timedelta(hours=21)
    by_hand = {"campaign_status": "scheduled", "send_at": at.isoformat()}
    world.steps.once(2, lambda: world.campaigns.rows["c"].update(by_hand), after=True)
    go_on(world)
    assert (status(world), world.texted()) == ("scheduled", [])
    follow(world)
    run_at_its_time(world)
    assert (status(world), world.texted()) == ("finished", numbers(2))


def test_given_a_campaign_scheduled_by_hand_when_stopped_then_the_rest_is_skipped() -> None:
    world = paused_campaign()
    write(world, send_at=(world.clock() + timedelta(days=2)).isoformat(), campaign_status="scheduled")
    write(world, campaign_status="stopped")
    go_on(world)
    assert (status(world), len(world.texted()), world.timers.at) == ("stopped", 5, {})
    assert_all_settled(world)


def test_given_quiet_hours_when_scheduled_by_hand_then_held_messages_do_not_circle() -> None:
    world = CampaignWorld(numbers(6), quiet_hours="21:00-08:00")
    world.clock.time = EVENING
    world.put(campaign_message=MESSAGE)
    world.plan()
    go_on(world)
    at = EVENING + timedelta(hours=12)
    write(world, send_at=at.isoformat(), campaign_status="scheduled")
    assert (world.dispatch.waiting, world.timers.at) == ([], {"c": at}), "nothing goes round in the queues"
    run_at_its_time(world)
    assert (status(world), world.texted()) == ("finished", numbers(6))
    assert_all_settled(world)
