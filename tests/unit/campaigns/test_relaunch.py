"""Tests campaigns that are put again."""

from collections.abc import Callable
from typing import Any

import pytest

from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.campaign_world import (
    MESSAGE,
    OVERTIME,
    CampaignWorld,
    assert_planned_whole,
    launched_campaign,
    numbers,
    planning_of_all,
)
from tests.support.clock import Deadline
from tests.support.crash_points import STOPS, Killed, Steps, crash_points, die
from tests.support.memory.deliveries import miscounted
from tests.support.memory.send_ledger import LedgerRow


def relaunch(business: CampaignWorld, **item: Any) -> None:
    """Delete the item, put it up again, and forget what was queued before."""
    business.dispatch.waiting.clear()
    business.put(**({"campaign_message": MESSAGE} | item))
    business.plan()


def test_given_a_launched_campaign_when_put_again_then_nobody_is_queued() -> None:
    business = CampaignWorld(numbers(4), members_per_page=3)
    business.run()
    business.roster.segments[OVERTIME] |= set(numbers(6))
    relaunch(business)
    assert business.queued() == []
    assert len(business.rows()) == 4
    assert business.board.rows["c"]["campaign_status"] == "stopped"
    assert "launched before" in business.board.rows["c"]["campaign_error"]
    assert "relaunch = remaining" in business.board.rows["c"]["campaign_error"]


def test_given_a_finished_launch_when_its_record_comes_again_then_there_is_no_note() -> None:
    copied: dict[str, Any] = {"campaign_message": MESSAGE, "campaign_status": "launched"}
    business = CampaignWorld(numbers(2))
    business.put(**copied)
    business.plan()
    business.launch.handle({"campaign_id": "c", **copied}, "launch-1")
    assert business.board.rows["c"]["campaign_status"] == "launched"
    assert "campaign_note" not in business.board.rows["c"]
    assert business.pages.waiting == []


def test_given_relaunch_remaining_when_put_again_then_only_untried_ones_are_queued() -> None:
    business = CampaignWorld(numbers(7), members_per_page=3)
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


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_a_relaunch_stopped_at_any_step_when_redelivered_then_each_once(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    def left_out() -> CampaignWorld:
        business = launched_campaign(5)
        business.plan()
        business.board.stop("c", "enough")
        business.send()
        assert set(business.statuses().values()) == {DeliveryStatus.STOPPED}
        business.put(campaign_message=MESSAGE, relaunch="remaining")
        return business

    for step, after in crash_points(lambda: planning_of_all(left_out())):
        business = left_out()
        business.steps.once(step, stop, after=after)
        with pytest.raises(error):
            business.plan()
        business.plan()
        assert_planned_whole(business)


@pytest.mark.parametrize("counted", [False, True])
def test_given_a_launch_that_died_when_stopped_and_relaunched_then_each_texted_once(
    counted: bool,
) -> None:
    def launch(business: CampaignWorld) -> Steps:
        business.put(campaign_message=MESSAGE)
        return business.steps

    for step, after in crash_points(lambda: launch(CampaignWorld(numbers(4)))):
        business = CampaignWorld(numbers(4))
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


def test_given_an_overwritten_item_when_relaunched_then_the_rest_is_texted_once() -> None:
    business = launched_campaign(9, members_per_page=5)
    business.planning.handle(business.pages.waiting.pop(0))
    business.sending.handle(business.dispatch.waiting.pop(0), Deadline(business.clock, 60))
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
