"""Campaigns in memory: launched, sent, interrupted, repeated."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from shift_sms_runtime.domain.campaigns import CampaignStatus, compose
from shift_sms_runtime.domain.deliveries import (
    DeliveryKey,
    DeliveryStatus,
    NotSent,
    Refused,
    SendResult,
    Unknown,
)
from shift_sms_runtime.domain.pinpoint import PinpointBusy, PinpointRefused, PinpointUnknown
from shift_sms_runtime.domain.sms_text import measure
from shift_sms_runtime.services.campaign_sending import CampaignSending
from shift_sms_runtime.services.launch import CampaignLaunch
from shift_sms_runtime.services.pinpoint_engine import PinpointEngine
from shift_sms_runtime.services.roster_engine import RosterEngine
from shift_sms_runtime.services.send_once import SendOnce, TryAgainLater
from tests.fakes import (
    Clock,
    MemoryCampaignBoard,
    MemoryDeliveryLedger,
    MemoryDispatchQueue,
    MemoryRoster,
    MemorySendLedger,
    Patience,
    Phones,
)

MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"
THREE_SHIFTS = f"{MESSAGE}, 19/08 6h lateshift XYZ125"


def numbers(count: int) -> list[str]:
    """So many fictional numbers."""
    return [f"+1425555{number:04}" for number in range(100, 100 + count)]


@dataclass
class Business:
    """An operator, a roster and the phones, in memory."""

    members: list[str]
    agent_offered: bool = False
    clock: Clock = field(default_factory=Clock)
    board: MemoryCampaignBoard = field(default_factory=MemoryCampaignBoard)
    ledger: MemorySendLedger[DeliveryKey] = field(default_factory=MemorySendLedger)
    queue: MemoryDispatchQueue = field(default_factory=MemoryDispatchQueue)
    phones: Phones = field(default_factory=Phones)
    tallied: list[DeliveryStatus] = field(default_factory=list)

    def __post_init__(self) -> None:
        engine = RosterEngine(
            MemoryRoster({"overtime": self.members, "one": self.members[:1]}),
            MemoryDeliveryLedger(self.ledger),
            self.queue,
            agent_offered=self.agent_offered,
            clock=self.clock,
        )
        self.launch = CampaignLaunch(self.board, engine, default_segment="overtime")
        self.sending = CampaignSending(
            SendOnce(self.ledger, self.phones, self.clock),
            origination_identity="+12065550100",
            sends_per_second=10,
            tally=self.tallied.append,
        )

    def put(self, item: dict[str, object], deliveries: int = 1) -> CampaignStatus | None:
        self.board.rows.setdefault(str(item["campaign_id"]), {})
        statuses = [self.launch.handle(item) for _ in range(deliveries)]
        return statuses[0]

    def send(self, seconds: float = 60) -> None:
        for item in list(self.queue.items):
            self.sending.handle(item, Patience(self.clock, seconds))
            self.queue.items.remove(item)

    def statuses(self) -> dict[str, DeliveryStatus]:
        return {key.phone_number: row.status for key, row in self.ledger.rows.items()}


@pytest.mark.parametrize("members", [1, 10, 11, 99, 100, 101, 257])
def test_given_a_segment_when_a_campaign_is_put_up_then_every_member_is_texted_once(members: int) -> None:
    business = Business(numbers(members))
    assert business.put({"campaign_id": "c", "campaign_message": MESSAGE}) is CampaignStatus.LAUNCHED
    business.send()
    assert sorted(text.to for text in business.phones.texts) == numbers(members)
    assert set(business.statuses().values()) == {DeliveryStatus.SENT}
    assert business.board.rows["c"]["recipients"] == members == len(business.ledger.rows)


def test_given_the_posts_item_when_sent_then_the_text_is_the_posts_and_how_to_answer() -> None:
    business = Business(numbers(1))
    business.put({"campaign_id": "campaign_id1", "campaign_message": MESSAGE})
    business.send()
    assert business.phones.texts[0].body == f"{MESSAGE}\nReply a code to book, REQUEST for list"
    assert business.board.rows["campaign_id1"]["segments_per_text"] == 1


@pytest.mark.parametrize("agent_offered", [True, False])
def test_given_three_shifts_when_composed_then_one_segment_is_enough_and_agent_only_where_offered(
    agent_offered: bool,
) -> None:
    text = compose(THREE_SHIFTS, agent_offered=agent_offered)
    assert measure(text).segments == 1
    assert ("AGENT" in text) is agent_offered


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({"campaign_id": "c"}, "campaign_message is missing"),
        ({"campaign_id": "c", "campaign_message": " "}, "campaign_message is missing"),
        ({"campaign_id": "c", "campaign_message": 5}, "campaign_message is missing"),
        ({"campaign_id": "c", "campaign_message": "x" * 1531}, "campaign_message is too long"),
        ({"campaign_id": "c", "campaign_message": "ж" * 630}, "at most 630"),
        ({"campaign_id": "c", "campaign_message": "x", "segment": "nobody"}, "nobody is in segment 'nobody'"),
        ({"campaign_id": "c", "campaign_message": "x", "segment": ""}, "segment is empty"),
        ({"campaign_id": "c", "campaign_message": "x", "segment": 7}, "segment is empty"),
    ],
)
def test_given_an_item_that_cannot_be_sent_when_put_up_then_it_says_so_on_itself(
    item: dict[str, object], error: str
) -> None:
    business = Business(numbers(2))
    assert business.put(item) is CampaignStatus.FAILED
    assert error in str(business.board.rows["c"]["campaign_error"])
    assert not business.queue.items


def test_given_another_segment_when_named_then_only_its_members_are_texted() -> None:
    business = Business(numbers(5))
    business.put({"campaign_id": "c", "campaign_message": "x", "segment": "one"})
    business.send()
    assert [text.to for text in business.phones.texts] == numbers(1)


def test_given_a_deleted_item_when_its_event_arrives_then_nothing_is_sent_or_written() -> None:
    business = Business(numbers(2))
    assert business.launch.handle({"campaign_id": "gone", "campaign_message": "x"}) is None
    assert not business.board.rows
    assert not business.queue.items


def test_given_the_event_arrives_again_when_launched_before_then_nobody_is_texted_again() -> None:
    business = Business(numbers(30))
    business.put({"campaign_id": "c", "campaign_message": "x"}, deliveries=3)
    business.send()
    business.board.rows["c"].clear()
    business.put({"campaign_id": "c", "campaign_message": "x"})
    business.send()
    assert len(business.phones.texts) == 30


def test_given_every_work_item_twice_when_sent_then_nobody_is_texted_twice() -> None:
    business = Business(numbers(30))
    business.put({"campaign_id": "c", "campaign_message": "x"})
    business.queue.items *= 2
    business.send()
    assert sorted(text.to for text in business.phones.texts) == numbers(30)


def test_given_a_launch_interrupted_anywhere_when_repeated_then_every_member_is_texted_once() -> None:
    for puts in range(3):
        business = Business(numbers(250))
        original = business.queue.put
        done: list[int] = []

        def put_and_break(
            items: object, original: object = original, done: list[int] = done, limit: int = puts
        ) -> None:
            if len(done) == limit:
                raise ConnectionError
            done.append(1)
            original(items)  # type: ignore[operator]

        business.queue.put = put_and_break  # type: ignore[method-assign]
        with pytest.raises(ConnectionError):
            business.put({"campaign_id": "c", "campaign_message": "x"})
        business.queue.put = original  # type: ignore[method-assign]
        business.send()
        business.put({"campaign_id": "c", "campaign_message": "x"})
        business.send()
        assert sorted(text.to for text in business.phones.texts) == numbers(250)
        assert business.board.rows["c"]["recipients"] == len(business.ledger.rows) == 250


def test_given_numbers_in_odd_spellings_when_sent_then_each_phone_is_texted_once_and_junk_is_in_the_ledger() -> (
    None
):
    business = Business(["+1 (425) 555-0101", "+14255550101", "call me", "+14255550102"])
    business.put({"campaign_id": "c", "campaign_message": "x"})
    business.send()
    assert sorted(text.to for text in business.phones.texts) == ["+14255550101", "+14255550102"]
    assert business.statuses()["call me"] is DeliveryStatus.FAILED
    assert business.tallied == [DeliveryStatus.SENT] * 2
    assert business.board.rows["c"]["recipients"] == len(business.ledger.rows) == 3


def test_given_one_number_twice_on_far_pages_of_the_segment_when_launched_then_it_counts_once() -> None:
    business = Business([*numbers(150), "+1 425 555 0100"])
    business.put({"campaign_id": "c", "campaign_message": "x"})
    assert business.board.rows["c"]["recipients"] == len(business.ledger.rows) == 150


def test_given_a_copy_of_a_launched_item_when_put_up_then_it_is_sent_as_a_new_campaign() -> None:
    business = Business(numbers(2))
    copied = {
        "campaign_id": "copy",
        "campaign_message": "x",
        "campaign_status": "launched",
        "recipients": 200,
    }
    business.board.rows["copy"] = dict(copied)  # type: ignore[arg-type]
    assert business.launch.handle(copied) is CampaignStatus.LAUNCHED
    business.send()
    assert len(business.phones.texts) == 2
    assert business.board.rows["copy"]["recipients"] == 2


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (Unknown("ReadTimeoutError"), DeliveryStatus.UNKNOWN),
        (Refused(DeliveryStatus.OPTED_OUT, "DESTINATION_PHONE_NUMBER_OPTED_OUT"), DeliveryStatus.OPTED_OUT),
        (Refused(DeliveryStatus.FAILED, "DESTINATION_COUNTRY_BLOCKED"), DeliveryStatus.FAILED),
    ],
)
def test_given_a_send_that_does_not_succeed_when_repeated_then_it_is_not_tried_again_and_neighbours_go_on(
    result: SendResult, status: DeliveryStatus
) -> None:
    business = Business(numbers(5))
    business.phones.results = [result]
    business.put({"campaign_id": "c", "campaign_message": "x"})
    business.queue.items *= 2
    business.send()
    assert business.phones.attempts == 5
    assert sorted(business.statuses().values()) == sorted([status] + [DeliveryStatus.SENT] * 4)


def test_given_throttling_until_time_is_up_when_delivered_again_then_every_member_is_texted_once() -> None:
    business = Business(numbers(10))
    business.put({"campaign_id": "c", "campaign_message": "x"})
    business.phones.results = [NotSent("ThrottlingException", passing=True)] * 200
    with pytest.raises(TryAgainLater):
        business.send()
    assert set(business.statuses().values()) == {DeliveryStatus.QUEUED}
    business.phones.results = []
    business.send()
    assert sorted(text.to for text in business.phones.texts) == numbers(10)


def test_given_a_sender_killed_during_a_send_when_delivered_again_then_that_one_is_unknown_and_the_rest_is_sent() -> (
    None
):
    business = Business(numbers(3))
    business.put({"campaign_id": "c", "campaign_message": "x"})
    key = DeliveryKey("c", numbers(3)[1])
    business.ledger.claim(key, token="another", now=business.clock(), lease_until=business.clock())
    business.send()
    assert business.statuses()[key.phone_number] is DeliveryStatus.UNKNOWN
    assert sorted(text.to for text in business.phones.texts) == [numbers(3)[0], numbers(3)[2]]


def test_given_a_claim_that_another_sender_holds_when_handled_then_the_other_recipients_do_not_wait_for_it() -> (
    None
):
    business = Business(numbers(3))
    business.put({"campaign_id": "c", "campaign_message": "x"})
    key = DeliveryKey("c", numbers(3)[0])
    business.ledger.claim(
        key, token="another", now=business.clock(), lease_until=business.clock() + timedelta(minutes=1)
    )
    with pytest.raises(TryAgainLater):
        business.send()
    assert sorted(text.to for text in business.phones.texts) == numbers(3)[1:]
    business.clock.time += timedelta(minutes=2)
    business.send()
    assert sorted(business.statuses().values()) == ["sent", "sent", "unknown"]


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
        pinpoint_launch(pinpoint, board).handle(ITEM)
    assert pinpoint.created == [("campaign_id1", MESSAGE)]
    assert board.rows["campaign_id1"] == {"campaign_status": "launched", "pinpoint_campaign_id": "pinpoint-1"}


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
    pinpoint_launch(pinpoint, board).handle(ITEM)
    assert board.rows["campaign_id1"]["campaign_status"] == "failed"
    assert words in str(board.rows["campaign_id1"]["campaign_error"])


def test_given_pinpoint_is_busy_when_delivered_again_then_it_is_tried_again() -> None:
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint(PinpointBusy("TooManyRequestsException"))
    board.rows["campaign_id1"] = {}
    with pytest.raises(PinpointBusy):
        pinpoint_launch(pinpoint, board).handle(ITEM)
    pinpoint.error = None
    assert pinpoint_launch(pinpoint, board).handle(ITEM) is CampaignStatus.LAUNCHED


def test_given_a_launch_killed_after_create_campaign_when_delivered_again_then_it_is_not_created_twice() -> (
    None
):
    board, pinpoint = MemoryCampaignBoard(), FakePinpoint()
    board.rows["campaign_id1"] = {"campaign_status": "launching"}
    assert pinpoint_launch(pinpoint, board).handle(ITEM) is CampaignStatus.FAILED
    assert not pinpoint.created
    assert "interrupted" in str(board.rows["campaign_id1"]["campaign_error"])
