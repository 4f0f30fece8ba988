"""Tests that segments become deliveries and work items, page by page."""

import json
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.planner import MEMBERS_PER_PAGE, Planned
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.campaign_world import (
    MESSAGE,
    OVERTIME,
    CampaignWorld,
    assert_planned_whole,
    launched_campaign,
    numbers,
    planning_of_all,
)
from tests.support.crash_points import STOPS, crash_points
from tests.support.memory.deliveries import miscounted


@pytest.mark.parametrize("members", [1, 2, 3, 5, 6, 7, 31, 300])
@pytest.mark.parametrize("members_per_page", [1, 3, 100])
def test_given_a_segment_of_any_page_count_when_planned_then_each_is_queued_once(
    members: int, members_per_page: int
) -> None:
    business = launched_campaign(members, members_per_page)
    business.plan()
    assert_planned_whole(business)
    assert business.queued() == numbers(members)
    assert all(len(item.recipients) <= 2 for item in business.dispatch.waiting)


@pytest.mark.parametrize("members", [MEMBERS_PER_PAGE - 1, MEMBERS_PER_PAGE, MEMBERS_PER_PAGE + 1])
def test_given_a_segment_about_a_page_long_when_planned_then_each_is_queued_once(
    members: int,
) -> None:
    business = CampaignWorld(numbers(members))
    business.put(campaign_message=MESSAGE)
    business.plan()
    assert_planned_whole(business)
    assert business.queued() == numbers(members)


@pytest.mark.parametrize(("stop", "error"), STOPS)
@pytest.mark.parametrize("newest_first", [False, True], ids=["oldest-first", "newest-first"])
def test_given_a_planner_stopped_at_any_step_when_redelivered_then_each_once(
    stop: Callable[[], None], error: type[BaseException], newest_first: bool
) -> None:
    for step, after in crash_points(lambda: planning_of_all(launched_campaign())):
        business = launched_campaign()
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.plan()
        if newest_first:
            business.pages.waiting.reverse()
        business.plan()
        assert_planned_whole(business)


@pytest.mark.parametrize("copies", [1, 2])
def test_given_other_planners_at_any_step_when_they_take_every_page_then_all_done(
    copies: int,
) -> None:
    for step, after in crash_points(lambda: planning_of_all(launched_campaign())):
        business = launched_campaign()
        business.pages.waiting *= copies
        business.steps.once(step, business.plan, after=after)
        business.plan()
        assert_planned_whole(business)


def test_given_a_page_of_the_past_when_it_comes_late_then_it_is_dropped() -> None:
    business = launched_campaign()
    (first,) = business.pages.waiting
    business.plan()
    business.dispatch.waiting.clear()
    assert business.planning.handle(first) is Planned.BEFORE
    assert business.dispatch.waiting == []
    assert business.pages.waiting == []


def test_given_a_page_of_an_earlier_launch_when_it_comes_late_then_it_is_dropped() -> None:
    business = launched_campaign()
    (first,) = business.pages.waiting
    business.plan()
    business.put(campaign_message="another text", relaunch="remaining")
    business.dispatch.waiting.clear()
    assert business.planning.handle(first) is Planned.BEFORE
    assert business.dispatch.waiting == []
    business.plan()
    assert {item.body.splitlines()[0] for item in business.dispatch.waiting} == {"another text"}


@pytest.mark.parametrize("how", ["stopped", "deleted"])
def test_given_a_halted_campaign_when_its_next_page_comes_then_no_more_is_planned(
    how: str,
) -> None:
    business = launched_campaign()
    business.planning.handle(business.pages.waiting.pop())
    if how == "stopped":
        business.board.rows["c"]["campaign_status"] = "stopped"
    else:
        del business.board.rows["c"]
    business.plan()
    assert business.queued() == sorted(business.rows()) == numbers(3)
    if how == "stopped":
        assert business.board.rows["c"]["campaign_status"] == "stopped"
    else:
        assert not business.board.rows, "a deleted item stays deleted"


def test_given_a_stop_at_any_step_of_planning_when_it_is_over_then_it_stays_stopped() -> None:
    for step, after in crash_points(lambda: planning_of_all(launched_campaign())):
        business = launched_campaign()
        business.steps.once(step, partial(business.board.stop, "c", "enough"), after=after)
        business.plan()
        assert business.board.rows["c"]["campaign_status"] == "stopped"
        assert miscounted(business.rows(), business.counted()) == []
        assert set(business.queued()) == set(business.rows())
        business.send()
        assert not business.phones.texts
        assert set(business.statuses().values()) <= {DeliveryStatus.STOPPED}


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_a_planner_stopped_at_any_step_when_halted_before_retry_then_all_end(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    for step, after in crash_points(lambda: planning_of_all(launched_campaign())):
        business = launched_campaign()
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.plan()
        business.board.stop("c", "enough")
        business.plan()
        business.send()
        assert set(business.statuses().values()) <= {DeliveryStatus.STOPPED}
        assert miscounted(business.rows(), business.counted()) == []
        assert business.counted()["waiting"] == 0


def test_given_an_empty_segment_when_planned_then_it_fails_and_its_id_stays_free() -> None:
    business = CampaignWorld()
    assert business.put(campaign_message=MESSAGE) is CampaignStatus.LAUNCHING
    business.plan()
    assert business.board.rows["c"]["campaign_status"] == "failed"
    assert "nobody is in segment 'overtime'" in business.board.rows["c"]["campaign_error"]
    assert not business.rows()
    business.roster.segments[OVERTIME] = set(numbers(3))
    business.put(campaign_message=MESSAGE)
    business.plan()
    assert_planned_whole(business)
    assert "campaign_note" not in business.board.rows["c"]
    assert "campaign_error" not in business.board.rows["c"]


def added_later(business: CampaignWorld, members: Collection[str], **after_launch: float) -> None:
    """Members whose rows say when they came."""
    for member in members:
        business.roster.put(OVERTIME, member, business.clock() + timedelta(**after_launch))


@pytest.mark.parametrize("members_per_page", [1, 3, 100])
def test_given_members_added_during_planning_when_planned_then_left_to_a_relaunch(
    members_per_page: int,
) -> None:
    before, at_once, later = numbers(20)[:8], numbers(20)[8:10], numbers(20)[10:]
    business = launched_campaign(0, members_per_page)
    business.roster.segments[OVERTIME] = set(before)
    added_later(business, at_once, minutes=59)
    added_later(business, later, minutes=61)
    business.clock.pass_time(hours=5)
    business.plan()
    business.send()
    assert business.texted() == [*before, *at_once]
    assert business.board.rows["c"]["campaign_status"] == "launched"
    business.run(relaunch="remaining")
    assert business.texted() == numbers(20)
    assert miscounted(business.rows(), business.counted()) == []


def test_given_only_members_added_after_the_launch_when_planned_late_then_it_fails() -> None:
    business = launched_campaign(0)
    added_later(business, numbers(2), hours=2)
    business.clock.pass_time(hours=3)
    business.plan()
    assert business.board.rows["c"]["campaign_status"] == "failed"
    assert (
        "nobody was in segment 'overtime' when this was launched"
        in business.board.rows["c"]["campaign_error"]
    )
    business.run()
    assert business.texted() == numbers(2)


def test_given_a_page_without_launch_time_when_planned_then_all_members_count() -> None:
    business = launched_campaign(0)
    added_later(business, numbers(2), hours=2)
    (page,) = business.pages.waiting
    fields = {name: value for name, value in json.loads(page.to_json()).items() if name != "launched_at"}
    business.pages.waiting[:] = [Page.from_json(json.dumps(fields))]
    business.plan()
    assert business.queued() == numbers(2)


def test_given_one_number_in_several_spellings_when_planned_then_one_recipient() -> None:
    spellings = ["+14255550101", "+1 (425) 555-0101", "+1 425 555 0101", "+1-425-555-0101"]
    for members_per_page in (1, 2, 100):
        business = CampaignWorld([*spellings, "+14255550102"], members_per_page=members_per_page)
        business.run()
        assert business.texted() == ["+14255550101", "+14255550102"]
        assert business.counted()["targeted"] == len(business.rows()) == 2


def test_given_members_that_are_no_numbers_when_planned_then_failed_and_counted() -> None:
    business = CampaignWorld(["call me", "425 555 0101", "+1", "+14255550102"], members_per_page=2)
    business.put(campaign_message=MESSAGE)
    business.plan()
    assert business.queued() == ["+14255550102"]
    for junk in ("call me", "425 555 0101", "+1"):
        row = business.rows()[junk]
        assert (row.status, row.reason) == (DeliveryStatus.FAILED, "INVALID_NUMBER")
    assert business.counted()["targeted"] == 4
    assert business.counted()["failed"] == 3
    assert miscounted(business.rows(), business.counted()) == []


def test_given_a_segment_of_junk_when_planned_then_launched_and_all_failed() -> None:
    business = CampaignWorld(["call me"])
    business.run()
    assert business.board.rows["c"]["campaign_status"] == "launched"
    assert business.counted()["failed"] == business.counted()["targeted"] == 1


def test_given_a_segment_for_days_when_planned_then_the_queue_never_holds_too_much() -> None:
    members = numbers(30)
    business = CampaignWorld(members, members_per_page=5, most_waiting=10)
    business.put(campaign_message=MESSAGE)
    business.plan()
    assert len(business.rows()) == 10
    assert len(business.pages.later) == 1
    while business.pages.later:
        business.send()
        business.pages.waiting, business.pages.later = business.pages.later, []
        business.plan()
        assert list(business.statuses().values()).count(DeliveryStatus.QUEUED) <= 10
    business.send()
    assert business.statuses() == dict.fromkeys(members, DeliveryStatus.SENT)
    assert business.board.rows["c"]["campaign_status"] == "launched"


def test_given_rows_whose_work_is_lost_when_they_alone_wait_then_planning_goes_on() -> None:
    business = CampaignWorld(numbers(30), members_per_page=5, most_waiting=10)
    business.put(campaign_message=MESSAGE)
    business.plan()
    business.dispatch.waiting.clear()
    for _ in range(2):
        business.pages.waiting, business.pages.later = business.pages.later, []
        business.plan()
    assert len(business.rows()) > 10
