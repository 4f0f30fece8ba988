"""The handlers on moto: the dialogue tables, campaigns, bad events, what is logged, what it costs in calls."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.config import Config

from lab.phone_network.faults import Fault, Moment, hang, internal_error, throttle
from shift_sms_runtime.adapters import clients
from tests.dialogues import (
    ANN,
    BOB,
    BOOKED_NIGHT,
    EVE,
    EVERYWHERE,
    POST,
    WITH_CONNECT,
    WITHOUT_CONNECT,
    Dialogue,
)
from tests.integration.conftest import OUR_NUMBER, Context, System


def play(system: System, dialogue: Dialogue) -> None:
    """Text, deliver every text twice, compare with the table."""
    for shift_id, info in dialogue.given:
        system.put_shift(shift_id, info)
    for turn in dialogue.turns:
        before = len(system.network.inbox(turn.sender))
        system.text(turn.sender, turn.text)
        assert system.deliver() == []
        heard = [text for text in system.network.inbox(turn.sender)[before:] if not text.automatic]
        assert tuple(text.body for text in heard) == turn.answers
        assert all(text.origination == OUR_NUMBER for text in heard)
    assert system.taken() == dialogue.taken


@pytest.mark.parametrize("dialogue", EVERYWHERE + WITH_CONNECT, ids=lambda dialogue: dialogue.name)
def test_given_connect_is_on_when_people_text_then_the_table_holds(
    system: System, dialogue: Dialogue
) -> None:
    play(system, dialogue)


@pytest.mark.parametrize("connect", ["without-connect"], indirect=True)
@pytest.mark.parametrize("dialogue", WITHOUT_CONNECT, ids=lambda dialogue: dialogue.name)
def test_given_connect_is_off_when_people_text_then_the_table_holds(
    system: System, dialogue: Dialogue
) -> None:
    play(system, dialogue)


MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"


def join(system: System, *numbers: str, segment: str = "overtime") -> None:
    """Put numbers into a segment."""
    for number in numbers:
        system.dynamodb.Table("SegmentMembers").put_item(Item={"segment": segment, "phone_number": number})


def test_given_the_posts_item_when_put_up_then_everybody_hears_it_once_and_the_ledger_adds_up(
    system: System,
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 135)]
    join(system, *members)
    for _ in range(2):
        system.put_campaign(campaign_id="campaign_id1", campaign_message=MESSAGE)
        assert system.drain("dispatch", "send_campaign") == []
    bodies = Counter(text.body for text in system.network.texts)
    assert bodies == {f"{MESSAGE}\nReply a code to book, REQUEST for list, AGENT for a call": 35}
    rows = system.rows("Deliveries")
    assert Counter(row["status"] for row in rows) == {"sent": 35}
    assert {row["sms_message_id"] for row in rows} == {text.message_id for text in system.network.texts}
    (campaign,) = system.rows("Campaigns")
    assert campaign["campaign_status"] == "launched"
    assert campaign["recipients"] == 35


def test_given_an_item_without_message_when_put_up_then_it_says_so_and_the_next_one_is_sent(
    system: System,
) -> None:
    join(system, ANN)
    system.put_campaign(campaign_id="broken")
    system.put_campaign(campaign_id="fine", campaign_message=MESSAGE)
    assert system.drain("dispatch", "send_campaign") == []
    campaigns = {row["campaign_id"]: row for row in system.rows("Campaigns")}
    assert campaigns["broken"]["campaign_status"] == "failed"
    assert "campaign_message is missing" in campaigns["broken"]["campaign_error"]
    assert len(system.network.inbox(ANN)) == 1


def test_given_faults_of_every_kind_when_a_campaign_is_sent_then_nobody_hears_twice_and_the_ledger_says_what_happened(
    system: System,
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 130)]
    join(system, *members)
    operation = "SendTextMessage"
    system.network.faults.add(Fault(operation=operation, act=throttle, times=5))
    system.network.faults.add(
        Fault(operation=operation, act=internal_error, times=1, matches=_to(members[3]))
    )
    system.network.opt_out(members[7])
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert system.drain("dispatch", "send_campaign") == []
    rows = {row["phone_number"]: row for row in system.rows("Deliveries")}
    assert Counter(row["status"] for row in rows.values()) == {"sent": 28, "unknown": 1, "opted-out": 1}
    assert rows[members[3]]["status"] == "unknown"
    assert rows[members[7]]["reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    assert max(Counter(text.destination for text in system.network.texts).values()) == 1


def _to(number: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda parameters: parameters["DestinationPhoneNumber"] == number


@pytest.mark.parametrize("body", ["not json", "{}", '{"Message": "{}"}'])
def test_given_an_unreadable_event_when_handled_then_it_fails_alone_and_its_neighbours_are_done(
    system: System, body: str
) -> None:
    system.put_shift(*POST[0])
    system.network.send_from_phone(ANN, "XYZ123", OUR_NUMBER)
    good = json.dumps({"Message": json.dumps(system.inbound[0])})
    failed = system.invoke("inbound_sms", system.sqs_event([body, good, body]))
    assert [failure["itemIdentifier"] for failure in failed] == ["sqs-0", "sqs-2"]
    assert [text.body for text in system.network.inbox(ANN)] == [BOOKED_NIGHT]


def test_given_throttling_beyond_the_invocation_when_delivered_again_then_the_booking_is_answered_once(
    system: System,
) -> None:
    system.put_shift(*POST[0])
    fault = system.network.faults.add(Fault(operation="SendTextMessage", act=throttle))
    system.network.send_from_phone(ANN, "XYZ123", OUR_NUMBER)
    assert len(system.deliver(Context(seconds=9))) == 1
    assert fault.hits >= 1
    system.network.faults.clear()
    assert system.deliver() == []
    assert system.deliver() == []
    assert [text.body for text in system.network.inbox(ANN)] == [BOOKED_NIGHT]


def test_given_the_service_takes_the_answer_and_never_says_so_when_delivered_again_then_one_answer(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "ONE_ATTEMPT", clients.ONE_ATTEMPT.merge(Config(read_timeout=0.3)))
    system.put_shift(*POST[0])
    system.network.faults.add(Fault(operation="SendTextMessage", act=hang, when=Moment.AFTER_EFFECT))
    system.text(ANN, "XYZ123")
    assert system.deliver() == []
    assert [text.body for text in system.network.inbox(ANN)] == [BOOKED_NIGHT]
    (row,) = system.rows("Inbox")
    assert row["status"] == "unknown"


def test_given_a_uk_mobile_when_it_asks_for_an_agent_then_connects_refusal_is_told(system: System) -> None:
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": "+447700900123"})
    system.text("+447700900123", "AGENT")
    assert [text.body for text in system.network.inbox("+447700900123")] == [
        "Sorry, we are not able to call this number. Please contact your manager"
    ]
    assert not system.network.calls


def test_given_the_pinpoint_engine_when_an_item_is_put_up_then_the_campaign_of_the_post_is_created(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_ENGINE", "pinpoint")
    system.put_campaign(campaign_id="campaign_id1", campaign_message=MESSAGE)
    (campaign,) = system.network.campaigns
    assert campaign.segment_id == "seg"
    assert campaign.request["Name"] == "campaign_id1"
    assert campaign.request["MessageConfiguration"]["SMSMessage"]["Body"] == MESSAGE
    assert campaign.request["Schedule"]["StartTime"] == "IMMEDIATE"
    (row,) = system.rows("Campaigns")
    assert row["campaign_status"] == "launched"


def test_given_a_wrong_segment_when_pinpoint_refuses_then_the_item_says_why(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_ENGINE", "pinpoint")
    monkeypatch.setenv("PINPOINT_SEGMENT_ID", "elsewhere")
    system.put_campaign(campaign_id="campaign_id1", campaign_message=MESSAGE)
    (row,) = system.rows("Campaigns")
    assert row["campaign_status"] == "failed"
    assert "NotFoundException" in row["campaign_error"]


def test_given_texts_of_every_kind_when_handled_then_no_number_and_no_word_of_theirs_is_logged(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    join(system, ANN, BOB)
    system.put_shift("XYZ123", "nightshift-secret")
    system.put_campaign(campaign_id="c", campaign_message="campaign-secret")
    system.drain("dispatch", "send_campaign")
    for sender in (ANN, BOB, EVE):
        for body in ("XYZ123", "sesame-secret", "AGENT badge-secret", "REQUEST"):
            system.text(sender, body)
    system.invoke("inbound_sms", system.sqs_event(['{"Message": "+14255550101 body-secret"}']))
    system.network.faults.add(Fault(operation="StartOutboundVoiceContact", act=internal_error, times=9))
    system.inbound.clear()
    system.network.send_from_phone(ANN, "AGENT other-secret", OUR_NUMBER)
    system.deliver()
    logged = capsys.readouterr()
    assert "text handled" in logged.out
    assert "record failed" in logged.out
    # A traceback shows our own lines, never a value.
    for forbidden in ("secret", "5550101", "5550102", "5550199", "XYZ123"):
        assert forbidden not in logged.out + logged.err


@pytest.mark.parametrize(
    ("text", "calls"),
    [("XYZ123", 5), ("XYZ123 XYZ124 XYZ125", 5), ("REQUEST", 5), ("AGENT", 2), ("XYZ999", 7)],
)
def test_given_a_command_when_handled_then_it_takes_no_more_calls_than_this(
    system: System, monkeypatch: pytest.MonkeyPatch, text: str, calls: int
) -> None:
    for shift_id, info in POST:
        system.put_shift(shift_id, info)
    made: list[str] = []
    inside_batch = False
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(client: BaseClient, operation: str, parameters: Any) -> Any:
        # moto runs each statement of a batch as a call of its own.
        nonlocal inside_batch
        if not inside_batch:
            made.append(operation)
        inside_batch = inside_batch or operation == "BatchExecuteStatement"
        try:
            return original(client, operation, parameters)
        finally:
            inside_batch = inside_batch and operation != "BatchExecuteStatement"

    system.network.send_from_phone(ANN, text, OUR_NUMBER)
    body = json.dumps({"Message": json.dumps(system.inbound[0])})
    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    system.invoke("inbound_sms", system.sqs_event([body]))
    assert len(made) == calls, made
