"""Tests how campaign items are launched, and the attributes that are written on them."""

from collections.abc import Callable
from typing import Any

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.counters import SUMMARY_ATTRIBUTES
from shift_sms_runtime.messaging.encoding import Encoding
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.campaign_world import (
    MESSAGE,
    CampaignWorld,
    assert_all_planned,
    launched_campaign,
    numbers,
)
from tests.support.crash_points import STOPS, Steps, crash_points


@pytest.mark.parametrize("members", [1, 10, 11, 99, 100, 101, 257])
def test_given_a_segment_when_a_campaign_is_put_then_every_member_is_texted_once(members: int) -> None:
    world = CampaignWorld(numbers(members))
    assert world.put(campaign_message=MESSAGE) is CampaignStatus.LAUNCHING
    world.plan()
    world.send()
    assert world.texted() == numbers(members)
    assert set(world.statuses().values()) == {DeliveryStatus.SENT}
    world.summarizer.handle("c")
    item = world.campaigns.rows["c"]
    assert item["campaign_status"] == "finished"
    assert item["targeted"] == item["sent"] == item["segments_spent"] == members
    assert item["waiting"] == 0


def test_given_the_item_of_the_post_when_sent_then_its_text_has_instructions() -> None:
    world = CampaignWorld(numbers(1))
    world.run("campaign_id1")
    assert world.phones.texts[0].body == f"{MESSAGE}\nReply with a code to book, REQUEST for all"
    assert world.phones.texts[0].campaign_id == "campaign_id1"
    item = world.campaigns.rows["campaign_id1"]
    assert item["segments_per_text"] == 1
    assert item["encoding"] == "GSM"
    assert item["launched_at"] == world.clock().isoformat()
    assert "not_gsm" not in item


@pytest.mark.parametrize(
    ("message", "offered"),
    [
        ("tonight XYZ123", "XYZ123"),
        ("tonight Early-7", "Early-7"),
        ("Early-7 and XYZ123", None),
        ("15/08 5h XYZ999", None),
    ],
)
def test_given_a_message_that_names_one_shift_when_planned_then_yes_books_it(
    message: str, offered: str | None
) -> None:
    world = CampaignWorld(numbers(1))
    for shift_id in ("XYZ123", "Early-7"):
        world.shifts.put(shift_id)
    world.put(campaign_message=message)
    world.plan()
    assert [item.offered_shift_id for item in world.dispatch.waiting] == [offered]


@pytest.mark.parametrize(
    ("keep_typography", "encoding", "segments", "not_gsm", "begins"),
    [
        (False, Encoding.GSM, 1, None, "Mike's bar - 5h"),
        (True, Encoding.UCS2, 2, "\u2019\u2013", "Mike\u2019s bar \u2013 5h"),
    ],
)
def test_given_typography_when_put_then_replaced_unless_kept_and_its_size_recorded(
    keep_typography: bool, encoding: Encoding, segments: int, not_gsm: str | None, begins: str
) -> None:
    world = CampaignWorld(numbers(1), keep_typography=keep_typography)
    world.run(campaign_message="Mike\u2019s bar \u2013 5h nightshift XYZ123 for Mike\u2019s friends")
    assert world.phones.texts[0].body.startswith(begins)
    item = world.campaigns.rows["c"]
    assert (item["encoding"], item["segments_per_text"], item.get("not_gsm")) == (encoding, segments, not_gsm)
    assert world.counted()["segments_spent"] == segments


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({}, "campaign_message is missing"),
        ({"campaign_message": " "}, "campaign_message is missing"),
        ({"campaign_message": 5}, "campaign_message is missing"),
        ({"campaign_message": "x" * 1531}, "campaign_message is too long"),
        ({"campaign_message": "ж" * 630}, "at most 630 can be sent; what makes it UCS-2: ж"),
        ({"campaign_message": "x", "segment": ""}, "segment is empty"),
        ({"campaign_message": "x", "segment": 7}, "segment is empty"),
        ({"campaign_message": "x", "relaunch": "all"}, "relaunch may be 'remaining'"),
        ({"campaign_message": "x", "relaunch": True}, "relaunch may be 'remaining'"),
        ({"campaign_id": " c", "campaign_message": "x"}, "campaign_id has space around it"),
        ({"campaign_id": "c" * 257, "campaign_message": "x"}, "more than 256 characters"),
    ],
)
def test_given_an_unsendable_item_when_put_then_it_says_why_and_can_be_put_again(
    item: dict[str, Any], error: str
) -> None:
    world = CampaignWorld(numbers(2))
    campaign_id = item.get("campaign_id", "c")
    assert world.put(**{"campaign_id": "c"} | item) is CampaignStatus.FAILED
    assert error in world.campaigns.rows[campaign_id]["campaign_error"]
    assert not world.pages.waiting
    if campaign_id == "c":
        world.run()
        assert world.texted() == numbers(2)
        assert "campaign_error" not in world.campaigns.rows["c"]


def test_given_another_segment_when_named_then_only_its_members_are_texted() -> None:
    world = CampaignWorld(numbers(5))
    world.segment_members.segments["one"] = set(numbers(1))
    world.run(segment="one")
    assert world.texted() == numbers(1)


def test_given_a_deleted_item_when_its_record_is_delivered_then_nothing_is_sent() -> None:
    world = CampaignWorld(numbers(2))
    assert world.launcher.handle({"campaign_id": "gone", "campaign_message": "x"}, "launch-1") is None
    assert not world.campaigns.rows
    assert not world.pages.waiting


def test_given_a_launched_campaign_when_its_record_is_redelivered_then_none_is_sent() -> None:
    world = CampaignWorld(numbers(30))
    assert world.put(deliveries=3, campaign_message="x") is CampaignStatus.LAUNCHING
    world.plan()
    world.send()
    assert world.launcher.handle({"campaign_id": "c", "campaign_message": "x"}, "launch-1") is None
    world.run()
    assert world.texted() == numbers(30)


def test_given_a_copy_of_a_launched_item_when_put_then_it_starts_without_counts() -> None:
    world = CampaignWorld(numbers(2))
    copied: dict[str, Any] = dict.fromkeys(SUMMARY_ATTRIBUTES, 700) | {
        "campaign_status": "stopped",
        "campaign_error": "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: the rest was not texted",
        "not_gsm": "ж",
    }
    world.put("copy", campaign_message="x", **copied)
    item = world.campaigns.rows["copy"]
    assert item["campaign_status"] == "launching"
    assert not copied.keys() & item.keys() - {"campaign_status"}
    world.plan()
    world.send()
    world.summarizer.handle("copy")
    assert world.texted() == numbers(2)
    assert world.campaigns.rows["copy"]["sent"] == 2
    assert world.campaigns.rows["copy"]["campaign_status"] == "finished"


@pytest.mark.parametrize("status", ["waiting", "", 7, None])
def test_given_an_unknown_status_when_the_item_is_put_then_the_campaign_is_new(
    status: object,
) -> None:
    world = CampaignWorld(numbers(2))
    world.run(campaign_status=status)
    assert world.texted() == numbers(2)


@pytest.mark.parametrize(("stop", "error"), STOPS)
def test_given_a_launch_interrupted_at_any_step_when_redelivered_then_all_planned(
    stop: Callable[[], None], error: type[BaseException]
) -> None:
    def launch(world: CampaignWorld) -> Steps:
        world.put(campaign_message=MESSAGE)
        return world.steps

    for step, after in crash_points(lambda: launch(CampaignWorld(numbers(7), members_per_page=3))):
        for planned_meanwhile in (False, True):
            world = CampaignWorld(numbers(7), members_per_page=3)
            world.steps.once(step, stop, after=after)
            with pytest.raises(error):
                launch(world)
            if planned_meanwhile:
                world.plan()
            world.launcher.handle({"campaign_id": "c", "campaign_message": MESSAGE}, "launch-1")
            world.plan()
            assert_all_planned(world)
            assert world.campaigns.rows["c"]["segments_per_text"] == 1


@pytest.mark.parametrize(("members", "status"), [(7, "launched"), (0, "failed")])
def test_given_a_planner_that_finishes_first_when_put_then_its_status_stays(
    members: int, status: str
) -> None:
    for step, after in crash_points(lambda: launched_campaign(members).steps):
        world = CampaignWorld(numbers(members), members_per_page=3)
        world.steps.once(step, world.plan, after=after)
        world.put(campaign_message=MESSAGE)
        world.plan()
        item = world.campaigns.rows["c"]
        assert item["campaign_status"] == status
        assert item["encoding"] == "GSM"
