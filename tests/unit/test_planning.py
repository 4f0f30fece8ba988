"""Segments become ledger rows and work items, page by page: stopped anywhere, delivered twice, in any order."""

import json
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shift_sms_runtime.domain.campaigns import CampaignStatus
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.work_items import Page
from shift_sms_runtime.services.planning import MEMBERS_PER_PAGE, Planned
from shift_sms_runtime.services.send_once import TryAgainLater
from tests.business import MESSAGE, OVERTIME, Business, miscounted, moments, numbers
from tests.fakes import Killed, LedgerRow, Patience, Steps, Throttled, die, throttle

STOPPED_IN = [pytest.param(die, Killed, id="killed"), pytest.param(throttle, Throttled, id="throttled")]


def launched(members: int = 7, members_per_page: int = 3) -> Business:
    """A campaign whose first page waits for the planner."""
    business = Business(numbers(members), members_per_page=members_per_page, recipients_per_item=2)
    business.put(campaign_message=MESSAGE)
    return business


def planned_whole(business: Business) -> None:
    """Every member has one row and a place in the dispatch queue, and the counters say so."""
    members = sorted(business.roster.segments[OVERTIME])
    assert sorted(business.rows()) == members
    assert set(business.statuses().values()) <= {DeliveryStatus.QUEUED}
    assert business.counted()["targeted"] == business.counted()["waiting"] == len(members)
    assert miscounted(business.rows(), business.counted()) == []
    assert sorted(set(business.queued())) == members, "nobody is forgotten"
    assert business.board.rows["c"]["campaign_status"] == "launched"
    assert business.pages.waiting == []


def planning_of_all(business: Business) -> Steps:
    """The steps of planners alone."""
    business.steps.taken = 0
    business.plan()
    return business.steps


@pytest.mark.parametrize("members", [1, 2, 3, 5, 6, 7, 31, 300])
@pytest.mark.parametrize("members_per_page", [1, 3, 100])
def test_given_a_segment_of_any_number_of_pages_when_planned_then_every_member_is_queued_once(
    members: int, members_per_page: int
) -> None:
    business = launched(members, members_per_page)
    business.plan()
    planned_whole(business)
    assert business.queued() == numbers(members)
    assert all(len(item.recipients) <= 2 for item in business.dispatch.waiting)


@pytest.mark.parametrize("members", [MEMBERS_PER_PAGE - 1, MEMBERS_PER_PAGE, MEMBERS_PER_PAGE + 1])
def test_given_a_segment_around_the_size_of_a_page_when_planned_then_every_member_is_queued_once(
    members: int,
) -> None:
    business = Business(numbers(members))
    business.put(campaign_message=MESSAGE)
    business.plan()
    planned_whole(business)
    assert business.queued() == numbers(members)


@pytest.mark.parametrize(("stop", "error"), STOPPED_IN)
@pytest.mark.parametrize("newest_first", [False, True], ids=["oldest-first", "newest-first"])
def test_given_a_planner_stopped_at_any_step_when_its_page_comes_again_then_nobody_is_lost_or_counted_twice(
    stop: Callable[[], None], error: type[BaseException], newest_first: bool
) -> None:
    for step, after in moments(lambda: planning_of_all(launched())):
        business = launched()
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.plan()
        if newest_first:
            business.pages.waiting.reverse()
        business.plan()
        planned_whole(business)


@pytest.mark.parametrize(("stop", "error"), STOPPED_IN)
def test_given_a_launch_stopped_at_any_step_when_its_record_comes_again_then_the_campaign_is_planned_whole(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    def launch(business: Business) -> Steps:
        business.put(campaign_message=MESSAGE)
        return business.steps

    for step, after in moments(lambda: launch(Business(numbers(7), members_per_page=3))):
        for planned_meanwhile in (False, True):
            business = Business(numbers(7), members_per_page=3)
            business.steps.once(step, stop, after=after)
            with pytest.raises(error):
                launch(business)
            if planned_meanwhile:
                business.plan()
            business.launch.handle({"campaign_id": "c", "campaign_message": MESSAGE}, "launch-1")
            business.plan()
            planned_whole(business)
            assert business.board.rows["c"]["segments_per_text"] == 1


@pytest.mark.parametrize("copies", [1, 2])
def test_given_other_planners_at_any_step_of_one_when_they_take_every_page_then_the_campaign_is_planned_whole(
    copies: int,
) -> None:
    for step, after in moments(lambda: planning_of_all(launched())):
        business = launched()
        business.pages.waiting *= copies
        business.steps.once(step, business.plan, after=after)
        business.plan()
        planned_whole(business)


@pytest.mark.parametrize(("members", "status"), [(7, "launched"), (0, "failed")])
def test_given_a_planner_at_any_step_of_the_launcher_when_it_is_done_first_then_what_it_says_stays(
    members: int, status: str
) -> None:
    for step, after in moments(lambda: launched(members).steps):
        business = Business(numbers(members), members_per_page=3)
        business.steps.once(step, business.plan, after=after)
        business.put(campaign_message=MESSAGE)
        business.plan()
        item = business.board.rows["c"]
        assert item["campaign_status"] == status
        assert item["encoding"] == "GSM"


def test_given_a_page_of_the_past_when_it_comes_late_then_it_is_dropped() -> None:
    business = launched()
    (first,) = business.pages.waiting
    business.plan()
    business.dispatch.waiting.clear()
    assert business.planning.handle(first) is Planned.BEFORE
    assert business.dispatch.waiting == []
    assert business.pages.waiting == []


def test_given_a_page_of_an_earlier_launch_when_it_comes_late_then_it_is_dropped() -> None:
    business = launched()
    (first,) = business.pages.waiting
    business.plan()
    business.put(campaign_message="another text", relaunch="remaining")
    business.dispatch.waiting.clear()
    assert business.planning.handle(first) is Planned.BEFORE
    assert business.dispatch.waiting == []
    business.plan()
    assert {item.body.splitlines()[0] for item in business.dispatch.waiting} == {"another text"}


@pytest.mark.parametrize("how", ["stopped", "deleted"])
def test_given_a_campaign_that_is_halted_when_its_next_page_comes_then_no_further_page_is_planned(
    how: str,
) -> None:
    business = launched()
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


def test_given_a_stop_at_any_step_of_planning_when_it_is_over_then_the_item_stays_stopped() -> None:
    for step, after in moments(lambda: planning_of_all(launched())):
        business = launched()
        business.steps.once(step, partial(business.board.stop, "c", "enough"), after=after)
        business.plan()
        assert business.board.rows["c"]["campaign_status"] == "stopped"
        assert miscounted(business.rows(), business.counted()) == []
        assert set(business.queued()) == set(business.rows())
        business.send()
        assert not business.phones.texts
        assert set(business.statuses().values()) <= {DeliveryStatus.STOPPED}


@pytest.mark.parametrize(("stop", "error"), STOPPED_IN)
def test_given_a_planner_stopped_at_any_step_when_the_campaign_is_over_before_its_page_comes_again_then_no_row_is_left(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    for step, after in moments(lambda: planning_of_all(launched())):
        business = launched()
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.plan()
        business.board.stop("c", "enough")
        business.plan()
        business.send()
        assert set(business.statuses().values()) <= {DeliveryStatus.STOPPED}
        assert miscounted(business.rows(), business.counted()) == []
        assert business.counted()["waiting"] == 0


def test_given_an_empty_segment_when_planned_then_the_item_says_so_and_its_id_can_be_used_again() -> None:
    business = Business()
    assert business.put(campaign_message=MESSAGE) is CampaignStatus.LAUNCHING
    business.plan()
    assert business.board.rows["c"]["campaign_status"] == "failed"
    assert "nobody is in segment 'overtime'" in business.board.rows["c"]["campaign_error"]
    assert not business.rows()
    business.roster.segments[OVERTIME] = set(numbers(3))
    business.put(campaign_message=MESSAGE)
    business.plan()
    planned_whole(business)
    assert "campaign_note" not in business.board.rows["c"]
    assert "campaign_error" not in business.board.rows["c"]


def added_later(business: Business, members: Collection[str], **after_launch: float) -> None:
    """Members whose rows say when they came."""
    for member in members:
        business.roster.put(OVERTIME, member, business.clock() + timedelta(**after_launch))


@pytest.mark.parametrize("members_per_page", [1, 3, 100])
def test_given_members_added_while_a_segment_is_read_when_planned_then_only_a_relaunch_reaches_them(
    members_per_page: int,
) -> None:
    before, at_once, later = numbers(20)[:8], numbers(20)[8:10], numbers(20)[10:]
    business = launched(0, members_per_page)
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


def test_given_everybody_was_added_after_the_launch_when_planned_late_then_the_item_says_so_and_may_be_put_again() -> (
    None
):
    business = launched(0)
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


def test_given_a_page_of_before_launches_had_a_time_when_planned_then_all_members_count() -> None:
    business = launched(0)
    added_later(business, numbers(2), hours=2)
    (page,) = business.pages.waiting
    fields = {name: value for name, value in json.loads(page.to_json()).items() if name != "launched_at"}
    business.pages.waiting[:] = [Page.from_json(json.dumps(fields))]
    business.plan()
    assert business.queued() == numbers(2)


def relaunch(business: Business, **item: Any) -> None:
    """Delete the item, put it up again, and forget what was queued before."""
    business.dispatch.waiting.clear()
    business.put(**({"campaign_message": MESSAGE} | item))
    business.plan()


def test_given_a_campaign_that_was_launched_when_put_up_again_then_nobody_is_queued_and_the_item_says_why() -> (
    None
):
    business = Business(numbers(4), members_per_page=3)
    business.run()
    business.roster.segments[OVERTIME] |= set(numbers(6))
    relaunch(business)
    assert business.queued() == []
    assert len(business.rows()) == 4
    assert business.board.rows["c"]["campaign_status"] == "stopped"
    assert "launched before" in business.board.rows["c"]["campaign_error"]
    assert "relaunch = remaining" in business.board.rows["c"]["campaign_error"]


def test_given_a_record_that_is_delivered_again_after_its_launch_is_done_when_handled_then_there_is_no_note() -> (
    None
):
    copied: dict[str, Any] = {"campaign_message": MESSAGE, "campaign_status": "launched"}
    business = Business(numbers(2))
    business.put(**copied)
    business.plan()
    business.launch.handle({"campaign_id": "c", **copied}, "launch-1")
    assert business.board.rows["c"]["campaign_status"] == "launched"
    assert "campaign_note" not in business.board.rows["c"]
    assert business.pages.waiting == []


def test_given_relaunch_remaining_when_put_up_again_then_only_new_members_and_those_left_out_are_queued() -> (
    None
):
    business = Business(numbers(7), members_per_page=3)
    business.put(campaign_message=MESSAGE)
    business.plan()
    business.board.rows["c"]["campaign_status"] = "stopped"
    tried = numbers(7)[2:4]
    for number in tried:
        business.deliveries.rows["c", number] = LedgerRow(DeliveryStatus.SENT)
    business.send()
    assert sorted(number for number, status in business.statuses().items() if status == "stopped") == [
        number for number in numbers(7) if number not in tried
    ]
    business.roster.segments[OVERTIME] |= set(numbers(9))
    relaunch(business, relaunch="remaining")
    assert business.queued() == [number for number in numbers(9) if number not in tried]
    assert business.board.rows["c"]["campaign_status"] == "launched"
    assert "campaign_note" not in business.board.rows["c"]
    assert business.counted()["targeted"] == 9
    assert business.counted()["stopped"] == 0


@pytest.mark.parametrize(("stop", "error"), STOPPED_IN)
def test_given_a_relaunch_stopped_at_any_step_when_its_pages_come_again_then_those_left_out_are_queued_and_counted_once(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    def left_out() -> Business:
        business = launched(5)
        business.plan()
        business.board.stop("c", "enough")
        business.send()
        assert set(business.statuses().values()) == {DeliveryStatus.STOPPED}
        business.put(campaign_message=MESSAGE, relaunch="remaining")
        return business

    for step, after in moments(lambda: planning_of_all(left_out())):
        business = left_out()
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.plan()
        business.plan()
        planned_whole(business)


@pytest.mark.parametrize("counted", [False, True])
def test_given_a_launch_that_died_on_its_way_when_stopped_and_relaunched_then_everybody_is_texted_once(
    counted: bool,
) -> None:
    def launch(business: Business) -> Steps:
        business.put(campaign_message=MESSAGE)
        return business.steps

    for step, after in moments(lambda: launch(Business(numbers(4)))):
        business = Business(numbers(4))
        business.steps.once(step, die, after=after)
        with pytest.raises(Killed):
            launch(business)
        if counted:
            business.progress.handle("c")
        item = business.board.rows["c"]
        assert item.get("campaign_status") in (None, "launching")
        assert not item.get("targeted"), "as the runbook finds it"
        business.board.stop("c", "stopped by the operator")
        business.run(relaunch="remaining")
        assert business.texted() == numbers(4)
        assert business.board.rows["c"]["campaign_status"] == "launched"
        assert miscounted(business.rows(), business.counted()) == []


def test_given_an_item_that_is_written_over_when_its_campaign_is_under_way_then_a_relaunch_texts_the_rest_once() -> (
    None
):
    business = launched(9, members_per_page=5)
    business.planning.handle(business.pages.waiting.pop(0))
    business.sending.handle(business.dispatch.waiting.pop(0), Patience(business.clock, 60))
    done = business.texted()
    business.board.rows["c"] = {"campaign_id": "c", "campaign_message": "other words"}
    for handle in (business.plan, business.send):
        with pytest.raises(TryAgainLater, match="undecided"):
            handle()
    assert business.texted() == done
    business.put(campaign_message="other words", relaunch="remaining")
    business.plan()
    business.send()
    assert business.texted() == numbers(9)
    words = {text.to: text.body.splitlines()[0] for text in business.phones.texts}
    assert {number for number, said in words.items() if said == "other words"} == set(numbers(9)) - set(done)
    assert miscounted(business.rows(), business.counted()) == []


def test_given_one_number_in_several_spellings_when_planned_then_it_is_one_recipient_wherever_they_stand() -> (
    None
):
    spellings = ["+14255550101", "+1 (425) 555-0101", "+1 425 555 0101", "+1-425-555-0101"]
    for members_per_page in (1, 2, 100):
        business = Business([*spellings, "+14255550102"], members_per_page=members_per_page)
        business.run()
        assert business.texted() == ["+14255550101", "+14255550102"]
        assert business.counted()["targeted"] == len(business.rows()) == 2


def test_given_members_that_are_no_numbers_when_planned_then_they_are_failed_and_counted_and_not_queued() -> (
    None
):
    business = Business(["call me", "425 555 0101", "+1", "+14255550102"], members_per_page=2)
    business.put(campaign_message=MESSAGE)
    business.plan()
    assert business.queued() == ["+14255550102"]
    for junk in ("call me", "425 555 0101", "+1"):
        row = business.rows()[junk]
        assert (row.status, row.reason) == (DeliveryStatus.FAILED, "INVALID_NUMBER")
    assert business.counted()["targeted"] == 4
    assert business.counted()["failed"] == 3
    assert miscounted(business.rows(), business.counted()) == []


def test_given_a_segment_of_junk_only_when_planned_then_the_campaign_is_launched_and_all_of_it_failed() -> (
    None
):
    business = Business(["call me"])
    business.run()
    assert business.board.rows["c"]["campaign_status"] == "launched"
    assert business.counted()["failed"] == business.counted()["targeted"] == 1


def test_given_a_segment_for_days_when_planned_then_no_more_is_queued_than_the_queue_keeps_until_some_is_sent() -> (
    None
):
    members = numbers(30)
    business = Business(members, members_per_page=5, most_waiting=10)
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


def test_given_rows_whose_work_is_lost_when_they_are_all_that_waits_then_planning_goes_on() -> None:
    business = Business(numbers(30), members_per_page=5, most_waiting=10)
    business.put(campaign_message=MESSAGE)
    business.plan()
    business.dispatch.waiting.clear()
    for _ in range(2):
        business.pages.waiting, business.pages.later = business.pages.later, []
        business.plan()
    assert len(business.rows()) > 10
