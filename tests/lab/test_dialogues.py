"""Tests the dialogues on the deployed system."""

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from tests.support.clock import wait_for_one_day
from tests.support.deployed_lab import empty_tables, play_dialogue, put_shifts
from tests.support.dialogues.booking import AGENT_ON
from tests.support.dialogues.dialogue import ANN, BOB, Dialogue
from tests.support.dialogues.groups import TOPICS_WITH_CONNECT_ON_OR_OFF, by_topic
from tests.support.dialogues.policy import STRICT
from tests.support.dialogues.replies import CALLING


@pytest.mark.parametrize("dialogue", by_topic(*TOPICS_WITH_CONNECT_ON_OR_OFF, AGENT_ON, STRICT))
def test_given_the_deployed_system_when_employees_text_then_the_replies_match(
    system: LabSystem, dialogue: Dialogue
) -> None:
    system.network.opt_in(ANN)
    play_dialogue(system, dialogue)


def test_given_an_agent_text_when_connect_accepts_then_one_call_and_one_reply(
    system: LabSystem,
) -> None:
    calls = len(system.network.calls)
    received = len(system.network.inbox(ANN))
    message_id = system.network.send_from_phone(ANN, "AGENT I lost my badge", OUR_NUMBER)
    system.network.redeliver(message_id)
    confirmation = system.network.wait_for_text(ANN, received, 30)
    system.wait_until_idle()
    (call,) = system.network.calls[calls:]
    assert call.destination == ANN
    assert call.client_token == message_id
    assert call.attributes == {"message": "I lost my badge"}
    assert confirmation.body == "Thank you, an agent will call you shortly"
    assert confirmation.at > call.at
    assert len(system.network.inbox(ANN)) == received + 1


def test_given_a_uk_mobile_when_it_requests_an_agent_then_the_call_is_declined(system: LabSystem) -> None:
    uk_mobile = "+447700900123"
    system.put(system.outputs.employees_table_name, [{"phone_number": uk_mobile}])
    assert system.send_and_wait(uk_mobile, "AGENT").body.startswith("Sorry, we cannot call this number")


def test_given_the_same_notification_twice_when_it_books_then_one_booking_one_reply(
    system: LabSystem,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"))
    received = len(system.network.inbox(ANN))
    message_id = system.network.send_from_phone(ANN, "XYZ123", OUR_NUMBER)
    system.network.redeliver(message_id)
    system.network.wait_for_text(ANN, received, 30)
    system.network.redeliver(message_id)
    system.wait_until_idle()
    assert [text.body for text in system.network.inbox(ANN)[received:]] == [
        "Booked: XYZ123 15/08 5h nightshift"
    ]
    assert system.bookings() == {"XYZ123": ANN}


def test_given_three_calls_a_day_when_a_fourth_is_requested_then_it_is_declined(
    system: LabSystem,
) -> None:
    empty_tables(system)
    calls = len(system.network.calls)
    wait_for_one_day()
    replies = [
        system.send_and_wait(BOB, text).body for text in ("AGENT", "AGENT my badge", "AGENT again", "AGENT")
    ]
    assert replies == [*3 * [CALLING], "Sorry, we cannot call you again today. Please reply AGENT tomorrow"]
    assert len(system.network.calls) == calls + 3
