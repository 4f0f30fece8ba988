"""Tests dialogues on a deployed system without Connect, where some numbers are approved without being employees."""

import pytest

from lab.lab_system import OUR_NUMBER, LabSystem
from tests.support.clock import wait_for_one_day
from tests.support.deployed_lab import empty_tables, play_dialogue, put_shifts
from tests.support.dialogues.booking import AGENT_OFF
from tests.support.dialogues.dialogue import ANN, EVE, Dialogue
from tests.support.dialogues.groups import TOPICS_WITH_CONNECT_OFF, by_topic
from tests.support.dialogues.replies import INVALID


@pytest.mark.parametrize("dialogue", by_topic(AGENT_OFF, *TOPICS_WITH_CONNECT_OFF))
def test_given_connect_is_off_when_employees_text_then_the_replies_match(
    other_system: LabSystem, dialogue: Dialogue
) -> None:
    play_dialogue(other_system, dialogue)


def test_given_strangers_replied_to_daily_when_one_texts_three_times_then_one_reply(
    other_system: LabSystem,
) -> None:
    empty_tables(other_system)
    put_shifts(other_system, ("XYZ123", ""))
    wait_for_one_day()
    for _ in range(3):
        other_system.network.send_from_phone(EVE, "XYZ123", OUR_NUMBER)
    other_system.wait_until_idle()
    assert [text.body for text in other_system.network.inbox(EVE)] == [
        "Sorry, this number is not registered for shifts. Please contact your manager"
    ]
    assert other_system.bookings() == {}


def test_given_an_approved_number_without_employee_when_it_texts_then_replied_to(
    other_system: LabSystem,
) -> None:
    assert other_system.send_and_wait(ANN, "XYZ999").body == INVALID
