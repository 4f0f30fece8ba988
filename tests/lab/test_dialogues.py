"""The dialogue tables against the deployed system."""

from datetime import UTC, datetime

import pytest

from lab.system import OUR_NUMBER, System
from tests.dialogues import ANN, EVE, EVERYWHERE, INVALID, WITH_CONNECT, WITHOUT_CONNECT, Dialogue
from tests.lab.conftest import empty_tables, put_shifts


def play(system: System, dialogue: Dialogue) -> None:
    """Text as the table says and compare what comes back, and the rows after."""
    empty_tables(system)
    put_shifts(system, *dialogue.given)
    for turn in dialogue.turns:
        heard = len(system.network.inbox(turn.sender))
        if turn.answers:
            system.ask(turn.sender, turn.text)
        else:
            system.network.send_from_phone(turn.sender, turn.text, OUR_NUMBER)
        system.wait_until_idle()
        texts = [text for text in system.network.inbox(turn.sender)[heard:] if not text.automatic]
        assert tuple(text.body for text in texts) == turn.answers
        assert all(text.origination == OUR_NUMBER for text in texts)
    assert system.taken() == dialogue.taken


@pytest.mark.parametrize("dialogue", EVERYWHERE + WITH_CONNECT, ids=lambda dialogue: dialogue.name)
def test_given_the_deployed_system_when_people_text_then_the_table_holds(
    system: System, dialogue: Dialogue
) -> None:
    system.network.opt_in(ANN)
    play(system, dialogue)


@pytest.mark.parametrize("dialogue", WITHOUT_CONNECT, ids=lambda dialogue: dialogue.name)
def test_given_connect_is_off_when_people_text_then_the_table_holds(
    other_system: System, dialogue: Dialogue
) -> None:
    play(other_system, dialogue)


def test_given_an_agent_text_when_connect_accepts_then_one_call_with_the_words_and_then_the_promise(
    system: System,
) -> None:
    calls = len(system.network.calls)
    heard = len(system.network.inbox(ANN))
    message_id = system.network.send_from_phone(ANN, "AGENT I lost my badge", OUR_NUMBER)
    system.network.redeliver(message_id)
    promise = system.network.wait_for_text(ANN, heard, 30)
    system.wait_until_idle()
    (call,) = system.network.calls[calls:]
    assert call.destination == ANN
    assert call.client_token == message_id
    assert call.attributes == {"message": "I lost my badge"}
    assert promise.body == "Thank you, an agent will call you shortly"
    assert promise.at > call.at
    assert len(system.network.inbox(ANN)) == heard + 1


def test_given_a_uk_mobile_when_it_asks_for_an_agent_then_connects_refusal_is_told(system: System) -> None:
    uk_mobile = "+447700900123"
    system.put(system.outputs.employees_table_name, [{"phone_number": uk_mobile}])
    assert system.ask(uk_mobile, "AGENT").body.startswith("Sorry, we are not able to call this number")


def test_given_the_same_notification_twice_when_it_books_then_one_booking_and_one_answer(
    system: System,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"))
    heard = len(system.network.inbox(ANN))
    message_id = system.network.send_from_phone(ANN, "XYZ123", OUR_NUMBER)
    system.network.redeliver(message_id)
    system.network.wait_for_text(ANN, heard, 30)
    system.network.redeliver(message_id)
    system.wait_until_idle()
    assert [text.body for text in system.network.inbox(ANN)[heard:]] == ["Booked: XYZ123 15/08 5h nightshift"]
    assert system.taken() == {"XYZ123": ANN}


def test_given_strangers_are_answered_once_a_day_when_one_texts_three_times_then_it_hears_once_and_books_nothing(
    other_system: System,
) -> None:
    empty_tables(other_system)
    put_shifts(other_system, ("XYZ123", ""))
    began = datetime.now(UTC).date()
    for _ in range(3):
        other_system.network.send_from_phone(EVE, "XYZ123", OUR_NUMBER)
    other_system.wait_until_idle()
    days = 1 + (datetime.now(UTC).date() - began).days
    assert [text.body for text in other_system.network.inbox(EVE)] == days * [
        "Sorry, this number is not registered for shifts. Please contact your manager"
    ]
    assert other_system.taken() == {}


def test_given_an_approved_number_outside_the_roster_when_it_texts_then_it_is_answered(
    other_system: System,
) -> None:
    assert other_system.ask(ANN, "XYZ999").body == INVALID
