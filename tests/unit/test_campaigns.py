"""Campaigns from the item to the text: what is sent, what an item says of itself, and the retired engine."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from shift_sms_runtime.adapters.catalogues import catalogue
from shift_sms_runtime.domain.campaigns import CampaignNotSendable, CampaignStatus, compose
from shift_sms_runtime.domain.deliveries import DeliveryStatus
from shift_sms_runtime.domain.pinpoint import PinpointBusy, PinpointRefused, PinpointUnknown
from shift_sms_runtime.domain.progress import ATTRIBUTES
from shift_sms_runtime.domain.sms_text import Encoding
from shift_sms_runtime.services.launch import CampaignLaunch
from shift_sms_runtime.services.pinpoint_engine import PinpointEngine
from tests.business import MESSAGE, Business, numbers
from tests.fakes import MemoryCampaignBoard

ENGLISH = catalogue("shifts", "en")
THREE_SHIFTS = f"{MESSAGE}, 19/08 6h lateshift XYZ125"


@pytest.mark.parametrize("members", [1, 10, 11, 99, 100, 101, 257])
def test_given_a_segment_when_a_campaign_is_put_up_then_every_member_is_texted_once(members: int) -> None:
    business = Business(numbers(members))
    assert business.put(campaign_message=MESSAGE) is CampaignStatus.LAUNCHING
    business.plan()
    business.send()
    assert business.texted() == numbers(members)
    assert set(business.statuses().values()) == {DeliveryStatus.SENT}
    business.progress.handle("c")
    item = business.board.rows["c"]
    assert item["campaign_status"] == "launched"
    assert item["targeted"] == item["sent"] == item["segments_spent"] == members
    assert item["waiting"] == 0


def test_given_the_posts_item_when_sent_then_the_text_is_the_posts_and_how_to_answer() -> None:
    business = Business(numbers(1))
    business.run("campaign_id1")
    assert business.phones.texts[0].body == f"{MESSAGE}\nReply a code to book, REQUEST for list"
    assert business.phones.texts[0].campaign_id == "campaign_id1"
    item = business.board.rows["campaign_id1"]
    assert item["segments_per_text"] == 1
    assert item["encoding"] == "GSM"
    assert item["launched_at"] == business.clock().isoformat()
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
def test_given_a_message_when_sent_then_yes_to_it_means_the_one_shift_that_it_names(
    message: str, offered: str | None
) -> None:
    business = Business(numbers(1))
    for shift_id in ("XYZ123", "Early-7"):
        business.shifts.put(shift_id)
    business.put(campaign_message=message)
    business.plan()
    assert [item.offers for item in business.dispatch.waiting] == [offered]


@pytest.mark.parametrize("agent_offered", [True, False])
def test_given_three_shifts_when_composed_then_one_segment_is_enough_and_agent_only_where_offered(
    agent_offered: bool,
) -> None:
    text = compose(THREE_SHIFTS, ENGLISH, agent_offered=agent_offered)
    assert text.size.segments == 1
    assert ("AGENT" in text.body) is agent_offered


@pytest.mark.parametrize(
    ("keep_typography", "encoding", "segments", "not_gsm", "begins"),
    [
        (False, Encoding.GSM, 1, None, "Mike's bar - 5h"),
        (True, Encoding.UCS2, 2, "\u2019\u2013", "Mike\u2019s bar \u2013 5h"),
    ],
)
def test_given_typographic_characters_when_put_up_then_they_have_twins_unless_kept_and_the_item_says_what_they_cost(
    keep_typography: bool, encoding: Encoding, segments: int, not_gsm: str | None, begins: str
) -> None:
    business = Business(numbers(1), keep_typography=keep_typography)
    business.run(campaign_message="Mike\u2019s bar \u2013 5h nightshift XYZ123 for Mike\u2019s friends")
    assert business.phones.texts[0].body.startswith(begins)
    item = business.board.rows["c"]
    assert (item["encoding"], item["segments_per_text"], item.get("not_gsm")) == (encoding, segments, not_gsm)
    assert business.counted()["segments_spent"] == segments


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
def test_given_an_item_that_cannot_be_sent_when_put_up_then_it_says_so_on_itself_and_its_id_can_be_used_again(
    item: dict[str, Any], error: str
) -> None:
    business = Business(numbers(2))
    campaign_id = item.get("campaign_id", "c")
    assert business.put(**{"campaign_id": "c"} | item) is CampaignStatus.FAILED
    assert error in business.board.rows[campaign_id]["campaign_error"]
    assert not business.pages.waiting
    if campaign_id == "c":
        business.run()
        assert business.texted() == numbers(2)
        assert "campaign_error" not in business.board.rows["c"]


def test_given_a_message_of_one_character_too_many_when_composed_then_it_is_refused_and_without_it_taken() -> (
    None
):
    room = 1530 - len(compose("", ENGLISH, agent_offered=True).body)
    assert compose("x" * room, ENGLISH, agent_offered=True).size.characters == 1530
    with pytest.raises(CampaignNotSendable):
        compose("x" * (room + 1), ENGLISH, agent_offered=True)


def test_given_another_segment_when_named_then_only_its_members_are_texted() -> None:
    business = Business(numbers(5))
    business.roster.segments["one"] = set(numbers(1))
    business.run(segment="one")
    assert business.texted() == numbers(1)


def test_given_a_deleted_item_when_its_event_arrives_then_nothing_is_sent_or_written() -> None:
    business = Business(numbers(2))
    assert business.launch.handle({"campaign_id": "gone", "campaign_message": "x"}, "launch-1") is None
    assert not business.board.rows
    assert not business.pages.waiting


def test_given_the_record_arrives_again_when_launched_before_then_nobody_is_texted_again() -> None:
    business = Business(numbers(30))
    assert business.put(deliveries=3, campaign_message="x") is CampaignStatus.LAUNCHING
    business.plan()
    business.send()
    assert business.launch.handle({"campaign_id": "c", "campaign_message": "x"}, "launch-1") is None
    business.run()
    assert business.texted() == numbers(30)


def test_given_a_copy_of_a_launched_item_when_put_up_then_it_is_a_new_campaign_without_the_others_progress() -> (
    None
):
    business = Business(numbers(2))
    of_another: dict[str, Any] = dict.fromkeys(ATTRIBUTES, 700) | {
        "campaign_status": "stopped",
        "campaign_error": "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: the rest was not texted",
        "campaign_note": "of another",
        "not_gsm": "ж",
    }
    business.put("copy", campaign_message="x", **of_another)
    item = business.board.rows["copy"]
    assert item["campaign_status"] == "launching"
    assert not of_another.keys() & item.keys() - {"campaign_status"}
    business.plan()
    business.send()
    business.progress.handle("copy")
    assert business.texted() == numbers(2)
    assert business.board.rows["copy"]["sent"] == 2
    assert business.board.rows["copy"]["campaign_status"] == "launched"


@pytest.mark.parametrize("status", ["paused", "", 7, None])
def test_given_a_status_that_is_none_of_ours_when_the_record_arrives_then_the_campaign_is_new(
    status: object,
) -> None:
    business = Business(numbers(2))
    business.run(campaign_status=status)
    assert business.texted() == numbers(2)


@dataclass
class FakePinpoint:
    """Creates campaigns, or not."""

    error: Exception | None = None
    created: list[tuple[str, str]] = field(default_factory=list)

    def create(self, *, name: str, message: str) -> str:
        if self.error:
            raise self.error
        self.created.append((name, message))
        return "pinpoint-1"


def pinpoint_launch(pinpoint: FakePinpoint, board: MemoryCampaignBoard) -> CampaignLaunch:
    """The retired engine."""
    return CampaignLaunch(board, PinpointEngine(pinpoint, board), default_segment="segment")


ITEM = {"campaign_id": "campaign_id1", "campaign_message": MESSAGE}


def test_given_the_pinpoint_engine_when_an_item_is_put_up_twice_then_one_campaign_of_its_name_and_text() -> (
    None
):
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint()
    board.rows["campaign_id1"] = {}
    for _ in range(2):
        pinpoint_launch(pinpoint, board).handle(ITEM, "launch-1")
    assert pinpoint.created == [("campaign_id1", MESSAGE)]
    assert board.rows["campaign_id1"] == {
        "campaign_status": "launched",
        "encoding": "GSM",
        "segments_per_text": 1,
        "pinpoint_campaign_id": "pinpoint-1",
    }


@pytest.mark.parametrize(
    ("keep_typography", "text", "said"),
    [
        (False, "It's ж", {"encoding": "UCS-2", "segments_per_text": 1, "not_gsm": "ж"}),
        (True, "It’s ж", {"encoding": "UCS-2", "segments_per_text": 1, "not_gsm": "’ж"}),
    ],
)
def test_given_typography_when_put_up_with_pinpoint_then_it_is_replaced_unless_kept_and_the_item_says_what_it_takes(
    keep_typography: bool, text: str, said: dict[str, Any]
) -> None:
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint()
    board.rows["campaign_id1"] = {}
    engine = PinpointEngine(pinpoint, board, keep_typography=keep_typography)
    item = ITEM | {"campaign_message": "It’s ж"}
    CampaignLaunch(board, engine, default_segment="segment").handle(item, "launch-1")
    assert pinpoint.created == [("campaign_id1", text)]
    assert said.items() <= board.rows["campaign_id1"].items()


@pytest.mark.parametrize(("message", "sendable"), [("x" * 1530, True), ("x" * 1531, False)])
def test_given_a_long_message_when_put_up_with_pinpoint_then_it_is_refused_by_its_size(
    message: str, sendable: bool
) -> None:
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint()
    board.rows["campaign_id1"] = {}
    pinpoint_launch(pinpoint, board).handle(ITEM | {"campaign_message": message}, "launch-1")
    assert bool(pinpoint.created) is sendable
    if not sendable:
        assert board.rows["campaign_id1"]["campaign_status"] == "failed"
        assert "it has 1531 GSM characters" in board.rows["campaign_id1"]["campaign_error"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PinpointRefused("NotFoundException: no such segment"), "refused the campaign: NotFoundException"),
        (PinpointUnknown("ReadTimeoutError"), "did not answer (ReadTimeoutError)"),
    ],
)
def test_given_pinpoint_does_not_create_it_when_put_up_then_the_item_says_why(
    error: Exception, words: str
) -> None:
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint(error)
    board.rows["campaign_id1"] = {}
    pinpoint_launch(pinpoint, board).handle(ITEM, "launch-1")
    assert board.rows["campaign_id1"]["campaign_status"] == "failed"
    assert words in str(board.rows["campaign_id1"]["campaign_error"])


def test_given_pinpoint_is_busy_when_delivered_again_then_it_is_tried_again() -> None:
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint(PinpointBusy("TooManyRequestsException"))
    board.rows["campaign_id1"] = {}
    with pytest.raises(PinpointBusy):
        pinpoint_launch(pinpoint, board).handle(ITEM, "launch-1")
    pinpoint.error = None
    assert pinpoint_launch(pinpoint, board).handle(ITEM, "launch-1") is CampaignStatus.LAUNCHED


def test_given_a_launch_killed_after_create_campaign_when_delivered_again_then_it_is_not_created_twice() -> (
    None
):
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint()
    board.rows["campaign_id1"] = {"campaign_status": "launching"}
    assert pinpoint_launch(pinpoint, board).handle(ITEM, "launch-1") is CampaignStatus.FAILED
    assert not pinpoint.created
    assert "interrupted" in str(board.rows["campaign_id1"]["campaign_error"])
