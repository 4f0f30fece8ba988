"""Tests the dialogue tables through the real function, and its calls to AWS."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.config import Config

from lab.phone_network.api.faults import Fault, Moment, hang, throttle
from shift_sms_runtime.aws import clients
from tests.support.dialogues.booking import AGENT_OFF, AGENT_ON
from tests.support.dialogues.dialogue import ANN, BOB, GUS, POST_SHIFTS, Dialogue, matches
from tests.support.dialogues.groups import (
    TOPICS_WITH_CONNECT_OFF,
    TOPICS_WITH_CONNECT_ON_OR_OFF,
    by_topic,
)
from tests.support.dialogues.languages import APPOINTMENTS
from tests.support.dialogues.opt_outs import OPT_OUTS_OF_THE_SERVICE, SELF_MANAGED_OPT_OUTS
from tests.support.dialogues.plain_words import OPT_OUTS_IN_WORDS, OPT_OUTS_IN_WORDS_OF_THE_SERVICE
from tests.support.dialogues.policy import INFORMING, INFORMING_POLICY, STRICT, STRICT_POLICY
from tests.support.dialogues.replies import BOOKED_NIGHT
from tests.support.dialogues.undone_bookings import UNDONE_BOOKINGS
from tests.support.functions_on_moto import MESSAGE, OUR_NUMBER, FunctionsOnMoto, add_members
from tests.support.notifications import notification

CALLS = {"XYZ123": 6, "XYZ123 XYZ124 XYZ125": 6, "REQUEST": 7, "AGENT": 2, "XYZ999": 9}
"""The calls to AWS by text."""


def play(system: FunctionsOnMoto, dialogue: Dialogue) -> None:
    """Sends each text, delivers it twice and compares the replies with the expected ones."""
    start = first_text_at(dialogue, datetime.now(UTC))
    for item in dialogue.shift_items(start):
        system.put_shift(**{**item, "info": item.get("shift_info", "")})
    for number, attributes in dialogue.employees.items():
        system.dynamodb.Table("Employees").put_item(Item={"phone_number": number, **attributes})
    assert system.reconcile_shifts() == []
    for second, turn in enumerate(dialogue.turns):
        before = len(system.network.texts)
        sent = start + timedelta(seconds=second if turn.sent is None else turn.sent)
        system.text(turn.sender, turn.text, sent=f"{sent:%Y-%m-%dT%H:%M:%S.000Z}")
        assert system.deliver() == []
        heard = [text for text in system.network.texts[before:] if not text.automatic]
        expected = [*((turn.sender, reply) for reply in turn.replies), *turn.texts_to_others]
        assert [text.destination for text in heard] == [to for to, _ in expected]
        assert all(matches(text.body, body) for text, (_, body) in zip(heard, expected, strict=True))
        assert all(text.origination == OUR_NUMBER for text in heard)
    assert system.taken() == dialogue.taken


def first_text_at(dialogue: Dialogue, now: datetime) -> datetime:
    """Returns when the first text of a dialogue is sent, so that all are sent on one day of UTC.

    Days count from when a text is sent, so a dialogue that is played across midnight stays the same.
    """
    duration = timedelta(seconds=len(dialogue.turns))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return now - duration if now - duration >= midnight else midnight - duration


@pytest.mark.parametrize("dialogue", by_topic(*TOPICS_WITH_CONNECT_ON_OR_OFF, AGENT_ON))
def test_given_connect_is_on_when_employees_text_then_the_table_holds(
    system: FunctionsOnMoto, dialogue: Dialogue
) -> None:
    play(system, dialogue)


@pytest.mark.parametrize("connect", ["without-connect"], indirect=True)
@pytest.mark.parametrize("dialogue", by_topic(AGENT_OFF, *TOPICS_WITH_CONNECT_OFF))
def test_given_connect_is_off_when_employees_text_then_the_table_holds(
    system: FunctionsOnMoto, dialogue: Dialogue
) -> None:
    play(system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(STRICT))
def test_given_rest_and_hours_are_limited_when_employees_text_then_the_table_holds(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    for setting, value in STRICT_POLICY.items():
        monkeypatch.setenv(setting.upper(), value)
    play(system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(INFORMING))
def test_given_managers_are_informed_when_an_employee_is_sick_then_the_table_holds(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    for setting, value in INFORMING_POLICY.items():
        monkeypatch.setenv(setting.upper(), value)
    play(system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(APPOINTMENTS))
def test_given_appointments_are_offered_when_employees_text_then_the_table_holds(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    monkeypatch.setenv("VOCABULARY", "appointments")
    play(system, dialogue)


@pytest.mark.parametrize("self_managed", ["self-managed"], indirect=True)
@pytest.mark.parametrize("dialogue", by_topic(SELF_MANAGED_OPT_OUTS, OPT_OUTS_IN_WORDS))
def test_given_self_managed_opt_outs_when_employees_text_then_the_table_holds(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    monkeypatch.setenv("APPROVED_NUMBERS", GUS)
    play_opt_outs(system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(OPT_OUTS_OF_THE_SERVICE, OPT_OUTS_IN_WORDS_OF_THE_SERVICE))
def test_given_opt_outs_of_the_service_when_published_too_then_the_table_holds(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch, dialogue: Dialogue
) -> None:
    monkeypatch.setenv("APPROVED_NUMBERS", GUS)
    system.network.publishes_keywords = True
    play_opt_outs(system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(UNDONE_BOOKINGS))
def test_given_keywords_for_the_service_alone_when_texted_then_the_table_holds(
    system: FunctionsOnMoto, dialogue: Dialogue
) -> None:
    play_opt_outs(system, dialogue)
    assert len(system.rows("OperatorInbox")) == 2


def play_opt_outs(system: FunctionsOnMoto, dialogue: Dialogue) -> None:
    """Plays a dialogue and compares the numbers that have opted out at the end."""
    play(system, dialogue)
    employees = {row["phone_number"]: row for row in system.rows("Employees")}
    assert {number for number, row in employees.items() if row.get("opted_out")} == dialogue.opted_out
    assert not {ANN, BOB} & {number for number, row in employees.items() if row.get("only_opt_out")}


@pytest.mark.parametrize("body", ["not json", "{}", '{"Message": "{}"}'])
def test_given_an_unreadable_notification_when_handled_then_it_fails_alone(
    system: FunctionsOnMoto, body: str
) -> None:
    system.put_shift(*POST_SHIFTS[0])
    system.network.send_from_phone(ANN, "XYZ123", OUR_NUMBER)
    good = json.dumps({"Message": json.dumps(system.inbound[0])})
    failed = system.invoke("process_inbound_sms", system.sqs_event([body, good, body]))
    assert [failure["itemIdentifier"] for failure in failed] == ["sqs-0", "sqs-2"]
    assert [text.body for text in system.network.inbox(ANN)] == [BOOKED_NIGHT]


def test_given_long_throttling_when_it_ends_then_the_booking_has_one_reply(
    system: FunctionsOnMoto,
) -> None:
    system.put_shift(*POST_SHIFTS[0])
    fault = system.network.faults.add(Fault(operation="SendTextMessage", act=throttle))
    system.network.send_from_phone(ANN, "XYZ123", OUR_NUMBER)
    body = notification(system.inbound[0])
    assert system.invoke("process_inbound_sms", system.sqs_event([body])) == []
    assert fault.hits >= 1
    assert system.taken() == {"XYZ123": ANN}
    assert system.network.inbox(ANN) == ()
    system.network.faults.clear()
    assert system.deliver() == []
    assert system.deliver() == []
    assert [text.body for text in system.network.inbox(ANN)] == [BOOKED_NIGHT]


def test_given_a_sent_reply_without_response_when_delivered_again_then_one_reply(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "ONE_ATTEMPT", clients.ONE_ATTEMPT.merge(Config(read_timeout=0.3)))
    system.put_shift(*POST_SHIFTS[0])
    system.network.faults.add(Fault(operation="SendTextMessage", act=hang, when=Moment.AFTER_EFFECT))
    system.text(ANN, "XYZ123")
    assert system.deliver() == []
    assert [text.body for text in system.network.inbox(ANN)] == [BOOKED_NIGHT]
    assert [row["status"] for row in system.rows("Conversations") if "status" in row] == ["unknown"]


@pytest.mark.parametrize(
    ("text", "calls", "campaign"),
    [
        *(pytest.param(text, calls, False, id=f"{text}-of-no-campaign") for text, calls in CALLS.items()),
        pytest.param("XYZ123", CALLS["XYZ123"], True, id="XYZ123-of-a-campaign"),
        *(
            pytest.param(text, calls, True, id=f"{text}-of-a-campaign", marks=pytest.mark.soak)
            for text, calls in [*CALLS.items()][1:]
        ),
    ],
)
def test_given_a_command_when_handled_then_it_makes_this_number_of_calls(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch, text: str, calls: int, campaign: bool
) -> None:
    for shift_id, info in POST_SHIFTS:
        system.put_shift(shift_id, info)
    if campaign:
        add_members(system, ANN)
        system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    made: list[str] = []
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(client: BaseClient, operation: str, parameters: Any) -> Any:
        made.append(operation)
        return original(client, operation, parameters)

    system.network.send_from_phone(ANN, text, OUR_NUMBER)
    body = json.dumps({"Message": json.dumps(system.inbound[0])})
    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    system.invoke("process_inbound_sms", system.sqs_event([body]))
    assert len(made) == calls, made
    if text != "AGENT":
        assert made[0] == "BatchGetItem"
        # The effect, the reply and its place in the outbox; then the permit, the claim, the send and the settle.
        written = made.index("TransactWriteItems")
        assert made[written + 1 :] == ["UpdateItem", "UpdateItem", "SendTextMessage", "TransactWriteItems"]
