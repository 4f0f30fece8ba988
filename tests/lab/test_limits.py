"""How much one number may text, on the deployed system."""

import time
from datetime import UTC, datetime

from lab.system import OUR_NUMBER, System
from tests.dialogues import ANN, BOB, INVALID, OPEN, POST
from tests.lab.conftest import TEXTS_PER_HOUR, empty_tables, put_shifts

ENOUGH = "Sorry, those are too many texts. Please try again in an hour"
SECONDS = 60
"""A test takes less; it begins with so much of an hour left."""


def begin(system: System, *numbers: str) -> None:
    """Nobody has texted in this hour, and these are employees."""
    left = 3600 - datetime.now(UTC).timestamp() % 3600
    if left < SECONDS:
        time.sleep(left)
    empty_tables(system)
    system.put(system.outputs.employees_table_name, [{"phone_number": number} for number in numbers])


def heard(system: System, number: str, *texts: str) -> list[str]:
    """Text one after the other; returns all that comes back."""
    before = len(system.network.inbox(number))
    for text in texts:
        message_id = system.network.send_from_phone(number, text, OUR_NUMBER)
        system.wait_until_idle()
        system.network.redeliver(message_id)
        system.wait_until_idle()
    return [text.body for text in system.network.inbox(number)[before:]]


def test_given_a_limit_of_texts_when_somebody_sends_more_then_one_notice_and_silence_and_others_are_served(
    limited_system: System,
) -> None:
    begin(limited_system, ANN, BOB)
    put_shifts(limited_system, ("XYZ123", "15/08 5h nightshift"))
    texts = [f"XYZ90{number}" for number in range(TEXTS_PER_HOUR)]
    assert heard(limited_system, ANN, *texts) == [INVALID] * TEXTS_PER_HOUR
    assert heard(limited_system, ANN, "XYZ123", "hello?", "XYZ123") == [ENOUGH]
    assert limited_system.taken() == {}
    assert heard(limited_system, BOB, "XYZ123") == ["Booked: XYZ123 15/08 5h nightshift"]


def test_given_the_same_text_again_and_again_when_nothing_asks_for_it_then_the_loop_ends_without_a_word(
    limited_system: System,
) -> None:
    begin(limited_system, ANN)
    put_shifts(limited_system, *POST)
    assert heard(limited_system, ANN, *5 * ["XYZ999"]) == [INVALID] * 4
    assert heard(limited_system, ANN, "REQUEST") == [OPEN]
