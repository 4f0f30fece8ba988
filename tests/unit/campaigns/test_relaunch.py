"""Tests campaigns whose items are put again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.campaign_world import (
    EVENING,
    MESSAGE,
    OVERTIME,
    CampaignWorld,
    assert_all_planned,
    assert_all_settled,
    fire_timer,
    follow,
    go_on,
    launched_campaign,
    numbers,
    plan_all,
    planned_campaign,
    status,
    write,
)
from tests.support.clock import Deadline
from tests.support.crash_points import STOPS, Killed, Steps, crash_points, die
from tests.support.memory.deliveries import miscounted
from tests.support.memory.send_ledger import LedgerRow


def relaunch(world: CampaignWorld, **item: Any) -> None:
    """Puts the item again after losing the work items of its earlier launch."""
    world.dispatch.waiting.clear()
    world.put(**({"campaign_message": MESSAGE} | item))
    world.plan()


def test_given_a_launched_campaign_when_put_again_then_none_is_queued() -> None:
    world = CampaignWorld(numbers(4), members_per_page=3)
    world.run()
    world.segment_members.segments[OVERTIME] |= set(numbers(6))
    relaunch(world)
    assert world.queued() == []
    assert len(world.rows()) == 4
    assert world.campaigns.rows["c"]["campaign_status"] == "stopped"
    assert "launched before" in world.campaigns.rows["c"]["campaign_error"]
    assert "relaunch = remaining" in world.campaigns.rows["c"]["campaign_error"]


def test_given_a_finished_launch_when_its_record_is_redelivered_then_no_change() -> None:
    copied: dict[str, Any] = {"campaign_message": MESSAGE, "campaign_status": "launched"}
    world = CampaignWorld(numbers(2))
    world.put(**copied)
    world.plan()
    before = dict(world.campaigns.rows["c"])
    assert before["campaign_status"] == "launched"
    world.launcher.handle({"campaign_id": "c", **copied}, "launch-1")
    assert world.campaigns.rows["c"] == before
    assert world.pages.waiting == []


def test_given_relaunch_remaining_when_put_again_then_only_untried_ones_are_queued() -> None:
    world = CampaignWorld(numbers(7), members_per_page=3)
    world.put(campaign_message=MESSAGE)
    world.plan()
    world.campaigns.rows["c"]["campaign_status"] = "stopped"
    tried = numbers(7)[2:4]
    for number in tried:
        world.deliveries.rows["c", number] = LedgerRow(DeliveryStatus.SENT)
    world.send()
    assert sorted(number for number, status in world.statuses().items() if status == "stopped") == [
        number for number in numbers(7) if number not in tried
    ]
    world.segment_members.segments[OVERTIME] |= set(numbers(9))
    relaunch(world, relaunch="remaining")
    assert world.queued() == [number for number in numbers(9) if number not in tried]
    assert world.campaigns.rows["c"]["campaign_status"] == "launched"
    assert "campaign_error" not in world.campaigns.rows["c"]
    assert world.counted()["targeted"] == 9
    assert world.counted()["stopped"] == 0


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_a_relaunch_interrupted_at_any_step_when_redelivered_then_each_once(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    def relaunched_after_stop() -> CampaignWorld:
        world = launched_campaign(5)
        world.plan()
        world.campaigns.stop("c", "enough")
        world.send()
        assert set(world.statuses().values()) == {DeliveryStatus.STOPPED}
        world.put(campaign_message=MESSAGE, relaunch="remaining")
        return world

    for step, after in crash_points(lambda: plan_all(relaunched_after_stop())):
        world = relaunched_after_stop()
        world.steps.once(step, stop, after=after)
        with pytest.raises(error):
            world.plan()
        world.plan()
        assert_all_planned(world)


@pytest.mark.parametrize("counted", [False, True])
def test_given_a_launch_that_died_when_stopped_and_relaunched_then_each_texted_once(
    counted: bool,
) -> None:
    def launch(world: CampaignWorld) -> Steps:
        world.put(campaign_message=MESSAGE)
        return world.steps

    for step, after in crash_points(lambda: launch(CampaignWorld(numbers(4)))):
        world = CampaignWorld(numbers(4))
        world.steps.once(step, die, after=after)
        with pytest.raises(Killed):
            launch(world)
        if counted:
            world.summarizer.handle("c")
        item = world.campaigns.rows["c"]
        assert item.get("campaign_status") in (None, "launching")
        assert not item.get("targeted"), "the state that the runbook describes"
        world.campaigns.stop("c", "stopped by the operator")
        world.run(relaunch="remaining")
        assert world.texted() == numbers(4)
        assert world.campaigns.rows["c"]["campaign_status"] == "launched"
        assert miscounted(world.rows(), world.counted()) == []


def test_given_an_overwritten_item_when_relaunched_then_the_rest_is_texted_once() -> None:
    world = launched_campaign(9, members_per_page=5)
    world.planner.handle(world.pages.waiting.pop(0))
    world.sender.handle(world.dispatch.waiting.pop(0), Deadline(world.clock, 60))
    texted_before = world.texted()
    world.campaigns.rows["c"] = {"campaign_id": "c", "campaign_message": "other words"}
    for handle in (world.plan, world.send):
        with pytest.raises(TryAgainLater, match="new-item-pending"):
            handle()
    assert world.texted() == texted_before
    world.put(campaign_message="other words", relaunch="remaining")
    world.plan()
    world.send()
    assert world.texted() == numbers(9)
    messages = {text.to: text.body.splitlines()[0] for text in world.phones.texts}
    texted_now = {number for number, message in messages.items() if message == "other words"}
    assert texted_now == set(numbers(9)) - set(texted_before)
    assert miscounted(world.rows(), world.counted()) == []


def test_given_a_requested_relaunch_when_stopped_first_then_none_is_texted() -> None:
    world = launched_campaign(4)
    world.campaigns.stop("c", "enough")
    world.plan()
    requested = {"campaign_message": MESSAGE, "relaunch": "remaining", "campaign_status": "requested"}
    world.campaigns.rows["c"] = {"campaign_id": "c", **requested}
    world.campaigns.stop("c", "no, leave it")
    assert world.launcher.handle({"campaign_id": "c", **requested}, "launch-2") == "stopped"
    world.plan()
    world.send()
    assert world.texted() == []
    assert world.campaigns.rows["c"]["campaign_error"] == "no, leave it"


def test_given_a_requested_relaunch_when_delivered_twice_then_each_texted_once() -> None:
    world = launched_campaign(4)
    world.plan()
    world.campaigns.stop("c", "enough")
    world.send()
    requested = {"campaign_message": MESSAGE, "relaunch": "remaining", "campaign_status": "requested"}
    world.put(deliveries=2, **requested)
    world.plan()
    world.send()
    world.launcher.handle({"campaign_id": "c", **requested}, "launch-2")
    assert world.texted() == numbers(4)
    assert world.campaigns.rows["c"]["campaign_status"] == "launched"


TOO_LONG = {"campaign_message": "x" * 2000, "relaunch": "remaining", "campaign_status": "requested"}


def test_given_waiting_recipients_when_a_relaunch_by_hand_fails_then_none_is_texted() -> None:
    world = planned_campaign(5)
    write(world, **TOO_LONG)
    assert status(world) == "failed"
    go_on(world)
    assert (status(world), world.texted()) == ("failed", [])
    assert set(world.statuses().values()) == {DeliveryStatus.STOPPED}
    assert_all_settled(world)


def test_given_held_recipients_when_a_relaunch_by_hand_fails_then_they_are_skipped() -> None:
    world = CampaignWorld(numbers(3), quiet_hours="21:00-08:00")
    world.clock.time = EVENING
    world.put(campaign_message=MESSAGE)
    world.plan()
    go_on(world)
    write(world, **TOO_LONG)
    follow(world)
    go_on(world)
    assert (status(world), world.texted(), world.held.messages) == ("failed", [], [])
    assert_all_settled(world)


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_an_empty_segment_when_interrupted_and_put_again_then_all_are_planned(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    def empty_campaign() -> CampaignWorld:
        world = CampaignWorld()
        world.put(campaign_message=MESSAGE)
        return world

    for step, after in crash_points(lambda: plan_all(empty_campaign())):
        world = empty_campaign()
        world.steps.once(step, stop, after=after)
        with pytest.raises(error):
            world.plan()
        world.plan()
        assert status(world) == "failed"
        world.segment_members.segments[OVERTIME] = set(numbers(3))
        world.put(campaign_message=MESSAGE)
        world.plan()
        assert_all_planned(world)


def test_given_waiting_recipients_when_put_again_with_a_send_at_then_all_settled() -> None:
    world = planned_campaign(5)
    send_at = (world.clock() + timedelta(hours=21)).isoformat()
    assert world.put(campaign_message=MESSAGE, send_at=send_at) == "stopped"
    assert "launched before" in world.campaigns.rows["c"]["campaign_error"]
    follow(world)
    go_on(world)
    assert (status(world), world.texted(), world.timers.at) == ("stopped", [], {})
    assert_all_settled(world)


def test_given_a_relaunch_with_a_send_at_when_put_then_the_rest_waits_until_then() -> None:
    world = planned_campaign(5)
    send_at = (world.clock() + timedelta(hours=21)).isoformat()
    assert world.put(campaign_message=MESSAGE, send_at=send_at, relaunch="remaining") == "scheduled"
    follow(world)
    go_on(world)
    assert (status(world), world.texted()) == ("scheduled", [])
    fire_timer(world)
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(5))
    assert_all_settled(world)


def test_given_a_campaign_launched_sooner_when_put_record_is_redelivered_then_sent() -> None:
    world = CampaignWorld(numbers(3))
    send_at = (world.clock() + timedelta(hours=5)).isoformat()
    put: dict[str, Any] = {"campaign_message": MESSAGE, "send_at": send_at}
    world.put(**put)
    write(world, send_at=None)
    assert status(world) == "launching"
    world.launcher.handle({"campaign_id": "c", **put}, "launch-1")
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(3))


def test_given_a_relaunch_by_hand_when_paused_before_it_begins_then_resumable() -> None:
    """As the documentation says, the operator removes `launch_id` in the same write."""
    world = planned_campaign(5)
    write(world, campaign_status="stopped")
    go_on(world)
    write(world, relaunch="remaining", launch_id=None, campaign_status="paused")
    requested = world.campaigns.rows["c"] | {"campaign_status": "requested"}
    assert world.launcher.handle(requested, "launch-2") == "paused"
    write(world, campaign_status="launching")
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(5))
