"""The dialogue tables against the deployed system."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from lab.system import OUR_NUMBER, System
from tests.dialogues import (
    ANN,
    APPOINTMENTS,
    BOB,
    CALLING,
    CONVERSING,
    EVE,
    EVERYWHERE,
    INVALID,
    POST,
    STRICT,
    WITH_CONNECT,
    WITHOUT_CONNECT,
    Dialogue,
    matches,
)
from tests.lab.conftest import empty_tables, put_shifts


def play(system: System, dialogue: Dialogue) -> None:
    """Text as the table says and compare what comes back, and the rows after."""
    empty_tables(system)
    system.put(system.outputs.shifts_table_name, dialogue.items(datetime.now(UTC)))
    with on_record(system, dialogue.people):
        play_turns(system, dialogue)
    assert system.taken() == dialogue.taken


@contextmanager
def on_record(system: System, people: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """These attributes of employees are on record for a while."""
    table = system.outputs.employees_table_name
    before = [row for row in system.rows(table) if row["phone_number"] in people]
    system.put(table, [{"phone_number": number, **attributes} for number, attributes in people.items()])
    yield
    for number in people:
        system.cloud.client("dynamodb").delete_item(TableName=table, Key={"phone_number": {"S": number}})
    system.put(table, before)


def play_turns(system: System, dialogue: Dialogue) -> None:
    """One text after the other, each when all is done that the one before has led to."""
    others_concerned = dialogue in CONVERSING + STRICT + APPOINTMENTS
    if others_concerned and dialogue.given != POST:
        system.wait_until_followed()
    for turn in dialogue.turns:
        # What others hear may come before the answer does.
        expected: dict[str, list[str]] = {turn.sender: list(turn.answers)}
        for number, body in turn.heard:
            expected.setdefault(number, []).append(body)
        before = {number: len(system.network.inbox(number)) for number in expected}
        texts = len(system.network.texts)
        system.network.send_from_phone(turn.sender, turn.text, OUR_NUMBER)
        for number, bodies in expected.items():
            for count in range(len(bodies)):
                system.network.wait_for_text(number, before[number] + count, 30)
        system.wait_until_idle()
        heard = [text for text in system.network.texts[texts:] if not text.automatic]
        for number, bodies in expected.items():
            assert_heard([text.body for text in heard if text.destination == number], bodies)
        assert len(heard) == len(turn.answers) + len(turn.heard)
        assert all(text.origination == OUR_NUMBER for text in heard)
    if others_concerned:
        texts = len(system.network.texts)
        system.wait_until_followed()
        assert system.network.texts[texts:] == ()


def assert_heard(bodies: Sequence[str], expected: Sequence[str]) -> None:
    """Compare texts with what a table says."""
    alike = [matches(body, as_in_table) for body, as_in_table in zip(bodies, expected, strict=False)]
    assert len(bodies) == len(expected), f"{bodies} is not {expected}"
    assert all(alike), f"{bodies} is not {expected}"


@pytest.mark.parametrize("dialogue", EVERYWHERE + WITH_CONNECT + STRICT, ids=lambda dialogue: dialogue.name)
def test_given_the_deployed_system_when_people_text_then_the_table_holds(
    system: System, dialogue: Dialogue
) -> None:
    system.network.opt_in(ANN)
    play(system, dialogue)


@pytest.mark.parametrize("dialogue", WITHOUT_CONNECT + CONVERSING, ids=lambda dialogue: dialogue.name)
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


def test_given_three_calls_a_day_when_somebody_asks_for_a_fourth_then_three_calls_and_a_kind_no(
    system: System,
) -> None:
    empty_tables(system)
    calls = len(system.network.calls)
    answers = [system.ask(BOB, text).body for text in ("AGENT", "AGENT my badge", "AGENT again", "AGENT")]
    assert answers == [*3 * [CALLING], "Sorry, we cannot call you again today. Please text AGENT tomorrow"]
    assert len(system.network.calls) == calls + 3
