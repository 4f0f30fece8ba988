"""Tests scheduled and paused campaigns, and recipients who wait for the end of quiet hours."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.send_once import TryAgainLater
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
from tests.support.crash_points import STOPS, Killed, Steps, Throttled, crash_points, die, throttle
from tests.support.memory.employees import EmployeeRow

MORNING = datetime(2026, 8, 16, 8, 0, tzinfo=UTC)


def test_given_a_send_at_when_it_is_put_then_it_is_sent_at_that_time() -> None:
    world = CampaignWorld(numbers(3))
    send_at = world.clock() + timedelta(days=20)
    assert world.put(campaign_message=MESSAGE, send_at=send_at.isoformat()) is CampaignStatus.SCHEDULED
    follow(world)
    go_on(world)
    assert (status(world), world.texted(), world.timers.at) == ("scheduled", [], {"c": send_at})
    fire_timer(world)
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(3))
    assert_all_settled(world)


def test_given_a_send_at_without_an_offset_when_put_then_it_is_a_local_time() -> None:
    world = CampaignWorld(numbers(1))
    at = world.clock() + timedelta(hours=2)
    world.put(campaign_message=MESSAGE, send_at=at.replace(tzinfo=None).isoformat())
    follow(world)
    assert world.timers.at == {"c": at}


def test_given_a_send_at_in_the_past_when_put_then_it_is_sent_at_once() -> None:
    world = CampaignWorld(numbers(2))
    world.run(send_at=(world.clock() - timedelta(minutes=1)).isoformat())
    assert world.texted() == numbers(2)


@pytest.mark.parametrize("send_at", ["tomorrow", "2026-08-15", "2026-13-01T12:00", 17, ""])
def test_given_a_malformed_send_at_when_put_then_the_campaign_fails(send_at: object) -> None:
    world = CampaignWorld(numbers(2))
    assert world.put(campaign_message=MESSAGE, send_at=send_at) is CampaignStatus.FAILED
    assert "send_at" in world.campaigns.rows["c"]["campaign_error"]
    assert world.pages.waiting == []


def scheduled_campaign(**attributes: Any) -> CampaignWorld:
    world = CampaignWorld(numbers(3))
    at = world.clock() + timedelta(hours=5)
    world.put(campaign_message=MESSAGE, send_at=at.isoformat(), **attributes)
    follow(world)
    return world


def test_given_a_scheduled_campaign_when_its_time_changes_then_the_new_one_counts() -> None:
    world = scheduled_campaign()
    later = world.clock() + timedelta(hours=9)
    write(world, send_at=later.isoformat())
    assert world.timers.at == {"c": later}
    write(world, send_at=(world.clock() - timedelta(hours=1)).isoformat())
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(3))


def test_given_a_scheduled_campaign_when_its_time_is_removed_then_it_is_sent() -> None:
    world = scheduled_campaign()
    write(world, send_at=None)
    go_on(world)
    assert world.texted() == numbers(3)


def test_given_a_scheduled_campaign_when_its_time_becomes_malformed_then_it_fails() -> None:
    world = scheduled_campaign()
    write(world, send_at="soon")
    assert status(world) == "failed"
    assert "send_at" in world.campaigns.rows["c"]["campaign_error"]
    assert world.timers.at == {}


@pytest.mark.parametrize("end", ["stopped", "deleted"])
def test_given_a_scheduled_campaign_when_it_is_stopped_or_deleted_then_never_sent(end: str) -> None:
    world = scheduled_campaign()
    if end == "deleted":
        del world.campaigns.rows["c"]
        follow(world)
    else:
        write(world, campaign_status="stopped")
    world.plan()
    assert (world.timers.at, world.texted(), world.rows()) == ({}, [], {})


def test_given_a_scheduled_campaign_when_its_record_comes_again_late_then_nothing() -> None:
    world = scheduled_campaign()
    item = dict(world.campaigns.rows["c"])
    write(world, send_at=(world.clock() + timedelta(days=2)).isoformat())
    world.clock.time += timedelta(hours=6)
    item.pop("campaign_status")
    assert world.launcher.handle(item, "launch-1") is CampaignStatus.SCHEDULED
    assert world.pages.waiting == []


def test_given_a_scheduled_campaign_when_paused_and_resumed_then_scheduled_again() -> None:
    world = scheduled_campaign()
    write(world, campaign_status="paused")
    assert world.timers.at == {}
    write(world, campaign_status="launching")
    assert status(world) == "scheduled"
    assert list(world.timers.at) == ["c"]
    write(world, campaign_status="paused")
    world.clock.time += timedelta(hours=6)
    write(world, campaign_status="launching")
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(3))


def test_given_a_paused_campaign_when_resumed_then_the_rest_is_texted_once() -> None:
    world = planned_campaign(12)
    world.sender.handle(world.dispatch.waiting.pop(0), Deadline(world.clock, 60))
    write(world, campaign_status="paused")
    go_on(world)
    assert (status(world), len(world.texted())) == ("paused", 5)
    assert world.dispatch.waiting == []
    assert world.campaigns.rows["c"]["waiting"] == 7
    world.clock.time += timedelta(days=20)
    world.reconcile()
    write(world, campaign_status="launching")
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(12))
    assert world.held.messages == []
    assert_all_settled(world)


def test_given_a_campaign_paused_while_planned_when_resumed_then_planning_goes_on() -> None:
    world = launched_campaign(members=7, members_per_page=3)
    world.planner.handle(world.pages.waiting.pop(0))
    write(world, campaign_status="paused")
    go_on(world)
    assert (status(world), world.texted(), len(world.rows())) == ("paused", [], 3)
    write(world, campaign_status="launching")
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(7))
    assert_all_settled(world)


def test_given_a_pause_between_two_steps_when_resumed_then_the_status_is_right() -> None:
    """The planner has read the status before the pause, and plans the last page during it."""
    world = launched_campaign(members=2, members_per_page=3)

    def pause() -> None:
        world.campaigns.rows["c"]["campaign_status"] = "paused"

    world.steps.once(2, pause, after=True)
    world.plan()
    assert status(world) == "paused"
    write(world, campaign_status="launching")
    go_on(world)
    assert status(world) == "finished"


def test_given_a_resume_before_the_plan_is_finished_then_a_later_request_marks_it() -> None:
    world = launched_campaign(members=2, members_per_page=3)

    def pause() -> None:
        world.campaigns.rows["c"]["campaign_status"] = "paused"
        world.steps.once(5, lambda: write(world, campaign_status="launching"), after=True)

    world.steps.once(2, pause, after=True)
    world.plan()
    world.clock.time += timedelta(minutes=2)
    world.requests.show_due()
    go_on(world)
    assert status(world) == "finished"


def test_given_a_campaign_paused_before_its_launch_when_resumed_then_it_is_launched() -> None:
    world = CampaignWorld(numbers(3))
    assert world.put(campaign_message=MESSAGE, campaign_status="paused") is CampaignStatus.PAUSED
    go_on(world)
    assert (world.texted(), world.plans.rows) == ([], {})
    write(world, campaign_status="launching")
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(3))


def test_given_a_launch_interrupted_by_a_pause_when_repeated_then_its_page_is_held() -> None:
    """The function stops after it has marked the item, and the campaign is paused before the next delivery."""
    for stop, error in ((die, Killed), (throttle, Throttled)):
        world = CampaignWorld(numbers(3))
        item = {"campaign_id": "c", "campaign_message": MESSAGE}
        world.campaigns.rows["c"] = dict(item)
        world.steps.once(3, stop, after=True)
        with pytest.raises(error):
            world.launcher.handle(item, "launch-1")
        assert status(world) == "launching"
        write(world, campaign_status="paused")
        world.launcher.handle(item, "launch-1")
        go_on(world)
        assert (status(world), world.texted()) == ("paused", [])
        write(world, campaign_status="launching")
        go_on(world)
        assert (status(world), world.texted()) == ("finished", numbers(3))


@pytest.mark.parametrize("end", ["stopped", "deleted"])
def test_given_a_paused_campaign_when_it_is_stopped_then_the_rest_is_skipped(end: str) -> None:
    world = planned_campaign(12)
    write(world, campaign_status="paused")
    world.send()
    if end == "deleted":
        del world.campaigns.rows["c"]
        follow(world)
    else:
        write(world, campaign_status="stopped")
    world.send()
    assert world.texted() == []
    assert set(world.statuses().values()) == {DeliveryStatus.STOPPED}
    assert world.held.messages == []
    assert_all_settled(world)


def test_given_a_campaign_paused_for_too_long_when_resumed_then_it_is_stopped() -> None:
    world = planned_campaign(3)
    write(world, campaign_status="paused")
    world.send()
    world.plans.rows.clear()
    world.clock.time += timedelta(days=100)
    write(world, campaign_status="launching")
    go_on(world)
    assert (status(world), world.texted()) == ("stopped", [])
    assert "60 days" in world.campaigns.rows["c"]["campaign_error"]


def quiet_campaign(**zones: str) -> CampaignWorld:
    """Returns a planned campaign at 22:00 UTC with quiet hours, and employees in time zones."""
    world = CampaignWorld(numbers(6), quiet_hours="21:00-08:00")
    world.clock.time = EVENING
    for number in numbers(2):
        world.employees.rows[number] = EmployeeRow(timezone="America/New_York")
    world.employees.rows[numbers(3)[2]] = EmployeeRow(timezone="America/Nowhere")
    world.employees.rows[numbers(4)[3]] = EmployeeRow(timezone="Asia/Kolkata")
    world.put(campaign_message=MESSAGE)
    world.plan()
    return world


def test_given_quiet_hours_when_sent_then_each_is_texted_at_the_end_of_theirs() -> None:
    world = quiet_campaign()
    go_on(world)
    assert world.texted() == numbers(2), "it is 18:00 in New York"
    assert world.dispatch.waiting == []
    assert world.campaigns.rows["c"]["waiting"] == 4
    assert status(world) == "launched"
    assert world.timers.at == {"c": datetime(2026, 8, 16, 2, 30, tzinfo=UTC)}, "08:00 in Kolkata"
    fire_timer(world)
    go_on(world)
    assert world.texted() == [*numbers(2), numbers(4)[3]]
    assert world.timers.at == {"c": MORNING}
    fire_timer(world)
    go_on(world)
    assert (status(world), world.texted()) == ("finished", numbers(6))
    assert world.held.messages == []
    assert_all_settled(world)


def test_given_quiet_hours_that_begin_while_sending_then_the_rest_waits() -> None:
    world = CampaignWorld(
        numbers(30), quiet_hours="21:00-08:00", messages_per_second=1, recipients_per_item=30
    )
    world.clock.time = EVENING.replace(hour=20, minute=59, second=50)
    world.put(campaign_message=MESSAGE)
    world.plan()
    world.send()
    assert 9 <= len(world.texted()) <= 12
    assert world.clock() < EVENING.replace(hour=21, minute=1)
    world.reconcile()
    fire_timer(world)
    go_on(world)
    assert world.texted() == numbers(30)
    assert_all_settled(world)


def test_given_held_recipients_when_the_campaign_is_stopped_then_they_are_skipped() -> None:
    world = quiet_campaign()
    go_on(world)
    write(world, campaign_status="stopped")
    world.send()
    assert world.texted() == numbers(2)
    assert sorted(set(world.statuses().values())) == [DeliveryStatus.SENT, DeliveryStatus.STOPPED]
    assert (world.timers.at, world.held.messages) == ({}, [])
    assert_all_settled(world)


def test_given_held_recipients_when_the_campaign_is_deleted_then_skipped_at_the_end() -> None:
    world = quiet_campaign()
    go_on(world)
    del world.campaigns.rows["c"]
    follow(world)
    assert (world.dispatch.waiting, list(world.timers.at)) == ([], ["c"]), "nothing goes round in the queues"
    fire_timer(world)
    world.send()
    fire_timer(world)
    world.send()
    assert world.texted() == numbers(2)
    assert_all_settled(world)
    assert world.held.messages == []


def test_given_held_recipients_when_paused_over_the_end_then_they_wait_on() -> None:
    world = quiet_campaign()
    go_on(world)
    write(world, campaign_status="paused")
    assert world.timers.at == {}
    world.clock.time = MORNING + timedelta(hours=1)
    world.reconcile()
    go_on(world)
    assert world.texted() == numbers(2)
    write(world, campaign_status="launching")
    go_on(world)
    assert world.texted() == numbers(6)
    assert_all_settled(world)


def test_given_many_held_messages_when_released_then_in_several_invocations() -> None:
    world = CampaignWorld(numbers(90), recipients_per_item=1)
    world.put(campaign_message=MESSAGE)
    world.plan()
    write(world, campaign_status="paused")
    world.send()
    assert len(world.held.messages) == 90
    world.campaigns.rows["c"]["campaign_status"] = "launching"
    deadline = Deadline(world.clock, 12)
    world.steps.on_step = lambda _step, _after: world.clock.pass_time(seconds=0.02)
    world.reconciler.reconcile("c", deadline)
    world.steps.on_step = lambda _step, _after: None
    assert 0 < len(world.held.messages) < 90
    assert len(world.requests.waiting) >= 1
    world.reconcile()
    go_on(world)
    assert world.texted() == numbers(90)
    assert_all_settled(world)


def interrupted_world() -> CampaignWorld:
    world = CampaignWorld(numbers(4), quiet_hours="21:00-08:00", recipients_per_item=2)
    world.clock.time = EVENING
    world.employees.rows[numbers(1)[0]] = EmployeeRow(timezone="America/New_York")
    world.put(campaign_message=MESSAGE)
    world.plan()
    world.steps.taken = 0
    return world


def night(world: CampaignWorld) -> Steps:
    """Sends in the evening, and releases and sends in the morning."""
    world.send()
    world.reconcile()
    world.clock.time = max(world.clock.time, MORNING)
    world.reconciler.reconcile("c", Deadline(world.clock, 60))
    world.send()
    return world.steps


POINTS = crash_points(lambda: night(interrupted_world()))


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_a_function_stopped_at_any_step_when_repeated_then_texted_once(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    for step, after in POINTS:
        world = interrupted_world()
        world.steps.once(step, stop, after=after)
        try:
            night(world)
        except (error, TryAgainLater):
            world.clock.time += timedelta(minutes=6)
            for _ in range(3):
                night(world)
                world.clock.time += timedelta(minutes=6)
        texted = world.texted()
        assert len(texted) == len(set(texted)), (step, after)
        assert all(row.status.final for row in world.rows().values()), (step, after)
        assert world.held.messages == [], (step, after)
        assert world.counted()["waiting"] == 0, (step, after)
