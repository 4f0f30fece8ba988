"""Tests the hourly limit on the deployed system."""

import time
from datetime import UTC, datetime

from lab.lab_system import OUR_NUMBER, LabSystem
from tests.support.deployed_lab import TEXTS_PER_HOUR, empty_tables, put_shifts
from tests.support.dialogues.dialogue import ANN, BOB, POST_SHIFTS
from tests.support.dialogues.replies import INVALID, OPEN_SHIFTS

ENOUGH = "You have sent too many texts. Please try again in an hour"
SECONDS = 60
"""The maximum duration of a test, which must not extend into the next hour."""


def begin(system: LabSystem, *numbers: str) -> None:
    """Waits for a new hour if necessary, empties the tables and adds employees."""
    left = 3600 - datetime.now(UTC).timestamp() % 3600
    if left < SECONDS:
        time.sleep(left)
    empty_tables(system)
    system.put(system.outputs.employees_table_name, [{"phone_number": number} for number in numbers])


def replies_to(system: LabSystem, number: str, *texts: str) -> list[str]:
    """Sends texts one after another, each delivered twice; returns the replies."""
    before = len(system.network.inbox(number))
    for text in texts:
        message_id = system.network.send_from_phone(number, text, OUR_NUMBER)
        system.wait_until_idle()
        system.network.redeliver(message_id)
        system.wait_until_idle()
    return [text.body for text in system.network.inbox(number)[before:]]


def test_given_an_hourly_limit_when_exceeded_then_one_notice_and_others_are_served(
    limited_system: LabSystem,
) -> None:
    begin(limited_system, ANN, BOB)
    put_shifts(limited_system, ("XYZ123", "15/08 5h nightshift"))
    texts = [f"XYZ90{number}" for number in range(TEXTS_PER_HOUR)]
    assert replies_to(limited_system, ANN, *texts) == [INVALID] * TEXTS_PER_HOUR
    assert replies_to(limited_system, ANN, "XYZ123", "hello?", "XYZ123") == [ENOUGH]
    assert limited_system.bookings() == {}
    assert replies_to(limited_system, BOB, "XYZ123") == ["Booked: XYZ123 15/08 5h nightshift"]


def test_given_the_same_text_repeatedly_when_nothing_asks_for_it_then_the_loop_ends(
    limited_system: LabSystem,
) -> None:
    begin(limited_system, ANN)
    put_shifts(limited_system, *POST_SHIFTS)
    assert replies_to(limited_system, ANN, *5 * ["XYZ999"]) == [INVALID] * 4
    assert replies_to(limited_system, ANN, "REQUEST") == [OPEN_SHIFTS]
