"""Tests when a campaign is finished: once every recipient was sent to, skipped or refused, and no earlier."""

from collections.abc import Callable
from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import SUMMARY_VERSION
from shift_sms_runtime.campaigns.deliveries import NewDelivery
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, Refused, Unknown
from tests.support.campaign_world import MESSAGE, OVERTIME, CampaignWorld, launched_campaign, numbers
from tests.support.clock import NOON
from tests.support.crash_points import STOPS, Steps, crash_points
from tests.support.memory.phones import MemoryPhones

OTHERS = numbers(9)[4:]
"""Members who are added after the first launch."""


def status(world: CampaignWorld) -> Any:
    """Returns the status on the item."""
    return world.campaigns.rows["c"].get("campaign_status")


def summarize_changes(world: CampaignWorld) -> None:
    """Summarizes as the stream does: only if a counter was written since the last summary."""
    if world.counted()[SUMMARY_VERSION] > world.campaigns.rows["c"].get(SUMMARY_VERSION, 0):
        world.summarizer.handle("c")


def sent_campaign(members: int = 4, **settings: Any) -> CampaignWorld:
    """Returns a world with a campaign that was sent and not summarized."""
    world = CampaignWorld(numbers(members), **settings)
    world.run()
    return world


def finished_campaign() -> CampaignWorld:
    """Returns a world with a finished campaign."""
    world = sent_campaign()
    summarize_changes(world)
    assert status(world) == "finished"
    return world


def assert_true(world: CampaignWorld) -> None:
    """Asserts that every recipient of a finished campaign has a row and is settled."""
    if status(world) == "finished":
        assert sorted(world.rows()) == sorted(world.segment_members.segments[OVERTIME])
        assert all(row.status.final for row in world.rows().values())


def test_given_a_recipient_who_waits_when_summarized_then_it_is_not_finished() -> None:
    world = launched_campaign(4)
    summarize_changes(world)
    assert status(world) == "launching"
    world.plan()
    summarize_changes(world)
    assert status(world) == "launched"
    world.send()
    assert status(world) == "launched"
    summarize_changes(world)
    assert status(world) == "finished"
    assert world.campaigns.rows["c"]["waiting"] == 0


def test_given_recipients_not_texted_when_all_are_settled_then_it_is_finished() -> None:
    phones = MemoryPhones([Refused(DeliveryStatus.OPTED_OUT, "OPTED_OUT"), Unknown("ReadTimeoutError")])
    world = CampaignWorld([*numbers(2), "call me"], phones=phones)
    world.run()
    summarize_changes(world)
    assert sorted(world.statuses().values()) == ["failed", "opted-out", "unknown"]
    assert status(world) == "finished"


def test_given_a_summary_at_any_step_of_a_campaign_when_finished_then_none_waits() -> None:
    def run(world: CampaignWorld) -> Steps:
        world.run()
        return world.steps

    def new_world() -> CampaignWorld:
        return CampaignWorld(numbers(5), members_per_page=2, recipients_per_item=2)

    for step, after in crash_points(lambda: run(new_world())):
        world = new_world()

        def summarize_and_check(world: CampaignWorld = world) -> None:
            summarize_changes(world)
            assert_true(world)

        world.steps.once(step, summarize_and_check, after=after)
        run(world)
        summarize_changes(world)
        assert status(world) == "finished"


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_all_settled_before_the_plan_ends_when_it_stops_then_it_is_finished(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    def plan(world: CampaignWorld) -> Steps:
        world.steps.taken = 0
        world.plan()
        return world.steps

    for step, after in crash_points(lambda: plan(launched_campaign(2))):
        world = launched_campaign(2)

        def send_and_stop(world: CampaignWorld = world) -> None:
            world.send()
            summarize_changes(world)
            stop()

        world.steps.once(step, send_and_stop, after=after)
        with pytest.raises(error):
            world.plan()
        world.plan()
        world.send()
        summarize_changes(world)
        assert status(world) == "finished"


def summarized_steps(world: CampaignWorld) -> Steps:
    """Summarizes; returns the steps taken."""
    world.steps.taken = 0
    world.summarizer.handle("c")
    return world.steps


@pytest.mark.parametrize("summarized", [False, True])
@pytest.mark.parametrize("asked", [{}, {"campaign_status": "requested"}])
def test_given_a_relaunch_at_any_step_of_a_summary_when_written_then_it_is_true(
    summarized: bool, asked: dict[str, Any]
) -> None:
    def sent() -> CampaignWorld:
        return finished_campaign() if summarized else sent_campaign()

    for planned in (False, True):
        for step, after in crash_points(lambda: summarized_steps(sent())):
            world = sent()

            def relaunch(world: CampaignWorld = world, planned: bool = planned) -> None:
                world.segment_members.segments[OVERTIME] |= set(OTHERS)
                world.put(campaign_message=MESSAGE, relaunch="remaining", **asked)
                if planned:
                    world.plan()

            world.steps.once(step, relaunch, after=after)
            world.summarizer.handle("c")
            assert status(world) == ("launched" if planned else "launching")
            world.plan()
            world.send()
            summarize_changes(world)
            assert status(world) == "finished"
            assert world.texted() == numbers(9)


def test_given_a_stop_at_any_step_of_a_summary_when_written_then_it_stays_stopped() -> None:
    for step, after in crash_points(lambda: summarized_steps(sent_campaign())):
        world = sent_campaign()
        world.steps.once(step, lambda world=world: world.campaigns.stop("c", "enough"), after=after)  # type: ignore[misc]
        world.summarizer.handle("c")
        assert status(world) == "stopped"
        assert world.campaigns.rows["c"]["waiting"] == 0


def test_given_a_stopped_campaign_when_the_rest_is_skipped_then_it_stays_stopped() -> None:
    world = launched_campaign(4)
    world.plan()
    world.campaigns.stop("c", "enough")
    world.send()
    summarize_changes(world)
    assert status(world) == "stopped"
    world.put(campaign_message=MESSAGE, relaunch="remaining")
    world.plan()
    world.send()
    summarize_changes(world)
    assert status(world) == "finished"


def test_given_a_finished_campaign_when_its_records_are_redelivered_then_no_change() -> None:
    world = launched_campaign(4, members_per_page=9)
    (page,) = world.pages.waiting
    world.plan()
    items = [*world.dispatch.waiting]
    world.send()
    summarize_changes(world)
    before = dict(world.campaigns.rows["c"])
    assert before["campaign_status"] == "finished"
    world.launcher.handle({"campaign_id": "c", "campaign_message": MESSAGE}, "launch-1")
    world.pages.put([page])
    world.plan()
    world.dispatch.put(items)
    world.send()
    world.summarizer.handle("c")
    assert world.campaigns.rows["c"] == before
    assert world.texted() == numbers(4)


def test_given_a_copy_of_a_finished_item_when_its_launch_is_late_then_finished() -> None:
    world = CampaignWorld(numbers(3))
    copied: dict[str, Any] = {"campaign_message": MESSAGE, "campaign_status": "finished"}

    def overtake() -> None:
        """Delivers the record a second time, and lets that delivery come to the end of the campaign."""
        world.launcher.handle({"campaign_id": "c", **copied}, "launch-1")
        world.plan()
        world.send()
        summarize_changes(world)
        assert status(world) == "finished"

    # The third step of a launch marks the item as launching.
    world.steps.once(3, overtake)
    world.put(**copied)
    world.plan()
    assert status(world) == "finished"
    assert world.texted() == numbers(3)


def test_given_a_new_item_when_the_old_plan_ends_then_the_new_one_is_launched() -> None:
    world = launched_campaign(3, members_per_page=9)
    world.campaigns.rows["c"] = {"campaign_id": "c", "campaign_message": "other words"}
    world.campaigns.mark_launched("c", "launch-1")
    assert status(world) is None, "otherwise the launcher would take it for launched"


def test_given_a_finished_campaign_when_a_recipient_is_added_then_not_finished() -> None:
    world = finished_campaign()
    late = [NewDelivery(OTHERS[0], DeliveryStatus.QUEUED)]
    world.deliveries.add("c", late, requeue_stopped=False, now=NOON)
    summarize_changes(world)
    assert status(world) == CampaignStatus.LAUNCHED
    assert world.campaigns.rows["c"]["waiting"] == 1
    world.deliveries.skip("c", OTHERS[:1], DeliveryStatus.OPTED_OUT, "", now=NOON)
    summarize_changes(world)
    assert status(world) == CampaignStatus.FINISHED


def test_given_a_segment_without_members_when_summarized_then_failed_stays() -> None:
    world = launched_campaign(0)
    world.plan()
    summarize_changes(world)
    assert status(world) == "failed"
