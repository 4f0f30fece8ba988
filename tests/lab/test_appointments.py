"""The same engine offering appointments to a waiting list, on the deployed system."""

from collections.abc import Iterator

import pytest

from lab.system import System
from tests.dialogues import ANN, APPOINTMENTS, BOB, Dialogue
from tests.lab.test_dialogues import play


@pytest.fixture(scope="module")
def practice() -> Iterator[System]:
    """It has a vocabulary of its own; two of its patients are approved."""
    overrides = {"vocabulary": "appointments", "approved_numbers": f"{ANN},{BOB}", "texts_per_hour": "0"}
    with System(connect=False, overrides=overrides) as up:
        yield up


@pytest.mark.parametrize("dialogue", APPOINTMENTS, ids=lambda dialogue: dialogue.name)
def test_given_appointments_are_offered_when_people_text_then_the_table_holds(
    practice: System, dialogue: Dialogue
) -> None:
    play(practice, dialogue)
