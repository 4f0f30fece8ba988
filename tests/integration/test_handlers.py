"""The handlers on moto: the dialogue tables, campaigns, bad events, what is logged, what it costs in calls."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.config import Config

from lab.phone_network.faults import Fault, Moment, hang, internal_error, throttle
from lab.phone_network.receipts import RandomReceipts
from shift_sms_runtime.adapters import clients
from shift_sms_runtime.services import planning
from tests.dialogues import (
    ANN,
    APPOINTMENTS,
    BOB,
    BOOKED_NIGHT,
    CONVERSING,
    EVE,
    EVERYWHERE,
    GUS,
    OPT_OUTS_OF_THE_SERVICE,
    POST,
    SELF_MANAGED_OPT_OUTS,
    STRICT,
    STRICT_RULES,
    WITH_CONNECT,
    WITHOUT_CONNECT,
    Dialogue,
    matches,
)
from tests.envelopes import notification
from tests.integration.conftest import OUR_NUMBER, Context, System


def play(system: System, dialogue: Dialogue) -> None:
    """Text, deliver every text twice, compare with the table."""
    for item in dialogue.items(datetime.now(UTC)):
        system.put_shift(**{**item, "info": item.get("shift_info", "")})
    for number, attributes in dialogue.people.items():
        system.dynamodb.Table("Employees").put_item(Item={"phone_number": number, **attributes})
    assert system.look_after_shifts() == []
    for minute, turn in enumerate(dialogue.turns):
        before = len(system.network.texts)
        sent = minute if turn.sent is None else turn.sent
        system.text(turn.sender, turn.text, sent=f"2026-08-01T12:{sent:02}:00.000Z")
        assert system.deliver() == []
        heard = [text for text in system.network.texts[before:] if not text.automatic]
        expected = [*((turn.sender, answer) for answer in turn.answers), *turn.heard]
        assert [text.destination for text in heard] == [to for to, _ in expected]
        assert all(matches(text.body, body) for text, (_, body) in zip(heard, expected, strict=True))
        assert all(text.origination == OUR_NUMBER for text in heard)
    assert system.taken() == dialogue.taken


@pytest.mark.parametrize("dialogue", EVERYWHERE + WITH_CONNECT, ids=lambda dialogue: dialogue.name)
def test_given_connect_is_on_when_people_text_then_the_table_holds(
    system: System, dialogue: Dialogue
) -> None:
    play(system, dialogue)


@pytest.mark.parametrize("connect", ["without-connect"], indirect=True)
@pytest.mark.parametrize("dialogue", WITHOUT_CONNECT + CONVERSING, ids=lambda dialogue: dialogue.name)
def test_given_connect_is_off_when_people_text_then_the_table_holds(
    system: System, dialogue: Dialogue
) -> None:
    play(system, dialogue)


@pytest.mark.parametrize("dialogue", STRICT, ids=lambda dialogue: dialogue.name)
def test_given_rest_and_hours_are_limited_when_people_text_then_the_table_holds(
    system: System, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    for setting, value in STRICT_RULES.items():
        monkeypatch.setenv(setting.upper(), value)
    play(system, dialogue)


@pytest.mark.parametrize("dialogue", APPOINTMENTS, ids=lambda dialogue: dialogue.name)
def test_given_appointments_are_offered_when_people_text_then_the_table_holds(
    system: System, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    monkeypatch.setenv("VOCABULARY", "appointments")
    play(system, dialogue)


@pytest.mark.parametrize("self_managed", ["self-managed"], indirect=True)
@pytest.mark.parametrize("dialogue", SELF_MANAGED_OPT_OUTS, ids=lambda dialogue: dialogue.name)
def test_given_the_number_leaves_opt_outs_to_us_when_people_text_then_the_table_holds(
    system: System, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    monkeypatch.setenv("APPROVED_NUMBERS", GUS)
    play_opt_outs(system, dialogue)


@pytest.mark.parametrize("dialogue", OPT_OUTS_OF_THE_SERVICE, ids=lambda dialogue: dialogue.name)
def test_given_the_service_answers_opt_outs_when_we_see_them_too_then_the_table_holds(
    system: System, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    monkeypatch.setenv("APPROVED_NUMBERS", GUS)
    system.network.publishes_keywords = True
    play_opt_outs(system, dialogue)


def play_opt_outs(system: System, dialogue: Dialogue) -> None:
    """Play it, and look at who wants no texts in the end."""
    play(system, dialogue)
    employees = {row["phone_number"]: row for row in system.rows("Employees")}
    assert {number for number, row in employees.items() if row.get("opted_out")} == dialogue.opted_out
    assert not {ANN, BOB} & {number for number, row in employees.items() if row.get("only_opt_out")}


MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"


def join(system: System, *numbers: str, segment: str = "overtime") -> None:
    """Put numbers into a segment."""
    for number in numbers:
        system.dynamodb.Table("SegmentMembers").put_item(Item={"segment": segment, "phone_number": number})


def test_given_the_posts_item_when_put_up_then_everybody_hears_it_once_and_the_ledger_adds_up(
    system: System,
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 123)]
    join(system, *members)
    for _ in range(2):
        campaign = system.run_campaign(campaign_id="campaign_id1", campaign_message=MESSAGE)
    bodies = Counter(text.body for text in system.network.texts)
    assert bodies == {f"{MESSAGE}\nReply a code to book, REQUEST for list, AGENT for a call": 23}
    rows = system.rows("Deliveries")
    assert Counter(row["status"] for row in rows) == {"delivered": 23}
    assert {row["sms_message_id"] for row in rows} == {text.message_id for text in system.network.texts}
    assert campaign["campaign_status"] == "stopped", "the second one is over before it begins"
    assert "launched before" in campaign["campaign_error"]
    assert (campaign["targeted"], campaign["delivered"], campaign["waiting"]) == (23, 23, 0)


def test_given_a_campaign_when_all_of_it_is_over_then_its_item_tells_how_it_went(system: System) -> None:
    join(system, ANN, BOB, "+14255550777", "call me")
    system.network.opt_out("+14255550777")
    for shift in POST[:2]:
        system.put_shift(*shift)
    system.run_campaign(campaign_id="c", campaign_message=f"{MESSAGE} for Mike\u2019s friends \u0416")
    system.text(ANN, "XYZ123 XYZ124")
    system.text(BOB, "REQUEST")
    system.text(BOB, "AGENT")
    system.text(EVE, "XYZ123")
    assert system.report("c", "c", "another") == []
    campaign = system.campaign("c")
    assert {name: campaign[name] for name in campaign if not name.endswith("_at")} == {
        "campaign_id": "c",
        "campaign_message": f"{MESSAGE} for Mike\u2019s friends \u0416",
        "campaign_status": "launched",
        "launch_id": campaign["launch_id"],
        "encoding": "UCS-2",
        "segments_per_text": 2,
        "not_gsm": "\u0416",
        "targeted": 4,
        "waiting": 0,
        "sent": 0,
        "delivered": 2,
        "failed": 1,
        "opted_out": 1,
        "not_verified": 0,
        "blocked_country": 0,
        "unknown": 0,
        "stopped": 0,
        "segments_spent": 4,
        "replies": 3,
        "bookings": 2,
        "seats_filled": 2,
        "seconds_to_first_booking": campaign["seconds_to_first_booking"],
        "seconds_to_last_booking": campaign["seconds_to_last_booking"],
        "progress_version": campaign["progress_version"],
    }
    assert campaign["launched_at"] <= campaign["first_send_at"] <= campaign["last_send_at"]
    assert campaign["last_send_at"] <= campaign["first_booking_at"] <= campaign["last_booking_at"]
    assert [row["campaign_id"] for row in system.rows("Campaigns")] == ["c"]


def test_given_a_segment_of_many_pages_when_launched_then_every_member_is_texted_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MEMBERS_PER_PAGE", 7)
    members = [f"+1425555{number:04}" for number in range(100, 116)]
    join(system, *members)
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert sorted(text.destination for text in system.network.texts) == members
    assert campaign["targeted"] == campaign["delivered"] == 16
    assert campaign["campaign_status"] == "launched"


def test_given_nobody_in_the_segment_when_launched_then_the_item_says_so_and_its_id_can_be_used_again(
    system: System,
) -> None:
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert campaign["campaign_status"] == "failed"
    assert "nobody is in segment 'overtime'" in campaign["campaign_error"]
    join(system, ANN)
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert campaign["campaign_status"] == "launched"
    assert len(system.network.inbox(ANN)) == 1


def test_given_the_spend_limit_when_it_is_reached_then_the_campaign_stops_says_so_and_counts_it_and_goes_on_later(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 125)]
    join(system, *members)
    system.network.limits.spend_limit_parts = 7
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert campaign["campaign_status"] == "stopped"
    assert campaign["campaign_error"].startswith("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
    assert (campaign["delivered"], campaign["stopped"], campaign["waiting"]) == (7, 18, 0)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [metric["CampaignStopped"] for metric in metrics if "CampaignStopped" in metric] == [[1.0]]
    system.network.limits.spend_limit_parts = None
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE, relaunch="remaining")
    assert campaign["campaign_status"] == "launched"
    assert (campaign["delivered"], campaign["stopped"], campaign["targeted"]) == (25, 0, 25)
    assert max(Counter(text.destination for text in system.network.texts).values()) == 1


def test_given_the_operator_stops_a_campaign_when_its_work_items_come_then_nobody_is_texted(
    system: System,
) -> None:
    join(system, ANN, BOB)
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert system.drain("pages", "plan_campaign") == []
    system.dynamodb.Table("Campaigns").update_item(
        Key={"campaign_id": "c"},
        UpdateExpression="SET campaign_status = :stopped",
        ExpressionAttributeValues={":stopped": "stopped"},
    )
    assert system.drain("dispatch", "send_campaign") == []
    system.report("c")
    assert not system.network.texts
    assert system.campaign("c")["stopped"] == 2
    assert system.campaign("c")["campaign_status"] == "stopped"


def test_given_an_employee_who_opted_out_when_a_campaign_is_sent_then_she_is_not_even_tried(
    system: System,
) -> None:
    join(system, ANN, BOB)
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "opted_out": True})
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert [attempt.destination for attempt in system.network.attempts] == [BOB]
    assert (campaign["opted_out"], campaign["delivered"]) == (1, 1)


@pytest.mark.parametrize("body", ["not json", "{}", '{"Message": "{}"}'])
def test_given_an_unreadable_delivery_event_when_handled_then_it_fails_alone_and_its_neighbours_are_done(
    system: System, body: str
) -> None:
    join(system, ANN)
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    system.drain("pages", "plan_campaign")
    system.drain("dispatch", "send_campaign")
    assert system.network.wait_for_receipts()
    foreign = {"eventType": "TEXT_DELIVERED", "eventVersion": "1.0"}
    good = [notification(event) for event in system.events]
    failed = system.invoke(
        "delivery_events", system.sqs_event([body, notification(foreign), *good, body, *good])
    )
    assert [failure["itemIdentifier"] for failure in failed] == ["sqs-0", "sqs-3"]
    (row,) = system.rows("Deliveries")
    assert row["status"] == "delivered"
    system.report("c")
    assert (system.campaign("c")["delivered"], system.campaign("c")["sent"]) == (1, 0)


@pytest.mark.parametrize("body", ["not json", "{}", '{"campaign_id": "c"}'])
@pytest.mark.parametrize("function", ["plan_campaign", "send_campaign", "connect_callback"])
def test_given_an_unreadable_message_when_handled_then_it_is_reported_as_failed(
    system: System, function: str, body: str
) -> None:
    assert len(system.invoke(function, system.sqs_event([body]))) == 1


def test_given_an_item_without_message_when_put_up_then_it_says_so_and_the_next_one_is_sent(
    system: System,
) -> None:
    join(system, ANN)
    broken = system.run_campaign(campaign_id="broken")
    system.run_campaign(campaign_id="fine", campaign_message=MESSAGE)
    assert broken["campaign_status"] == "failed"
    assert "campaign_message is missing" in broken["campaign_error"]
    assert len(system.network.inbox(ANN)) == 1


def test_given_faults_of_every_kind_when_a_campaign_is_sent_then_nobody_hears_twice_and_the_ledger_says_what_happened(
    system: System,
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 130)]
    join(system, *members)
    operation = "SendTextMessage"
    system.network.faults.add(Fault(operation=operation, act=throttle, times=2))
    system.network.faults.add(
        Fault(operation=operation, act=internal_error, times=1, matches=_to(members[3]))
    )
    system.network.opt_out(members[7])
    system.network.receipts = RandomReceipts(1, duplicated=0.4, reordered=0.4, lost=0.1, failed=0.2)
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    rows = {row["phone_number"]: row for row in system.rows("Deliveries")}
    counted = {
        status: campaign[status.replace("-", "_")]
        for status in ("sent", "delivered", "failed", "unknown", "opted-out")
    }
    assert Counter(row["status"] for row in rows.values()) == Counter(counted)
    assert sum(counted.values()) == campaign["targeted"] == 30
    assert campaign["segments_spent"] == len(system.network.texts) == 28
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
    assert [row["status"] for row in system.rows("Inbox") if "status" in row] == ["unknown"]


def test_given_the_service_takes_a_campaigns_text_and_never_says_so_when_its_event_comes_then_it_is_settled(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "ONE_ATTEMPT", clients.ONE_ATTEMPT.merge(Config(read_timeout=0.3)))
    join(system, ANN)
    system.network.faults.add(Fault(operation="SendTextMessage", act=hang, when=Moment.AFTER_EFFECT))
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    system.drain("pages", "plan_campaign")
    system.drain("dispatch", "send_campaign")
    (row,) = system.rows("Deliveries")
    assert row["status"] == "unknown"
    assert system.deliver_events() == []
    (row,) = system.rows("Deliveries")
    assert row["status"] == "delivered"
    assert row["sms_message_id"] == system.network.texts[0].message_id
    assert len(system.network.inbox(ANN)) == 1


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
    system.run_campaign(campaign_id="c", campaign_message="campaign-secret")
    for function in ("plan_campaign", "send_campaign", "delivery_events"):
        system.invoke(function, system.sqs_event(['{"Message": "+14255550101 body-secret"}']))
    for sender in (ANN, BOB, EVE):
        for body in ("XYZ123", "sesame-secret", "AGENT badge-secret", "REQUEST"):
            system.text(sender, body)
    system.invoke("inbound_sms", system.sqs_event(['{"Message": "+14255550101 body-secret"}']))
    system.network.faults.add(Fault(operation="StartOutboundVoiceContact", act=internal_error, times=9))
    system.inbound.clear()
    system.network.send_from_phone(ANN, "AGENT other-secret", OUR_NUMBER)
    system.deliver()
    logged = capsys.readouterr()
    for said in ("text handled", "page handled", "work item handled", "event handled", "record failed"):
        assert said in logged.out
    # A traceback shows our own lines, never a value.
    for forbidden in ("secret", "5550101", "5550102", "5550199", "XYZ123"):
        assert forbidden not in logged.out + logged.err


@pytest.mark.parametrize(
    ("text", "calls"),
    [("XYZ123", 5), ("XYZ123 XYZ124 XYZ125", 5), ("REQUEST", 5), ("AGENT", 2), ("XYZ999", 6)],
)
@pytest.mark.parametrize("campaign", [False, True], ids=["of-no-campaign", "of-a-campaign"])
def test_given_a_command_when_handled_then_it_takes_no_more_calls_than_this(
    system: System, monkeypatch: pytest.MonkeyPatch, text: str, calls: int, campaign: bool
) -> None:
    for shift_id, info in POST:
        system.put_shift(shift_id, info)
    if campaign:
        join(system, ANN)
        system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    made: list[str] = []
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(client: BaseClient, operation: str, parameters: Any) -> Any:
        made.append(operation)
        return original(client, operation, parameters)

    system.network.send_from_phone(ANN, text, OUR_NUMBER)
    body = json.dumps({"Message": json.dumps(system.inbound[0])})
    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    system.invoke("inbound_sms", system.sqs_event([body]))
    assert len(made) == calls, made
    if text != "AGENT":
        # The answer is settled, and counted in the same step where there is something to count it for.
        assert made[-2:] == ["SendTextMessage", "TransactWriteItems" if campaign else "UpdateItem"]
