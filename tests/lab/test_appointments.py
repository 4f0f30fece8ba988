"""Tests the appointments vocabulary on the deployed system."""

from collections.abc import Iterator

import pytest

from lab.lab_system import LabSystem
from tests.support.deployed_lab import play_dialogue
from tests.support.dialogues.dialogue import ANN, BOB, Dialogue
from tests.support.dialogues.groups import by_topic
from tests.support.dialogues.languages import APPOINTMENTS


@pytest.fixture(scope="module")
def practice() -> Iterator[LabSystem]:
    """The appointments vocabulary and two approved numbers."""
    overrides = {"vocabulary": "appointments", "approved_numbers": f"{ANN},{BOB}", "texts_per_hour": "0"}
    with LabSystem(connect=False, overrides=overrides) as up:
        yield up


@pytest.mark.parametrize("dialogue", by_topic(APPOINTMENTS))
def test_given_appointments_are_offered_when_employees_text_then_the_replies_match(
    practice: LabSystem, dialogue: Dialogue
) -> None:
    play_dialogue(practice, dialogue)
