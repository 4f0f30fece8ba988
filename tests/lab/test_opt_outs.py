"""Tests opt-outs of the service on the deployed system, which replies to STOP and may also publish it."""

from collections.abc import Iterator

import pytest

from lab.lab_system import LabSystem
from tests.support.deployed_lab import STAFF
from tests.support.dialogues.dialogue import Dialogue
from tests.support.dialogues.groups import by_topic
from tests.support.dialogues.opt_outs import OPT_OUTS_OF_THE_SERVICE
from tests.support.dialogues.plain_words import OPT_OUTS_IN_WORDS_OF_THE_SERVICE
from tests.support.dialogues.undone_bookings import UNDONE_BOOKINGS
from tests.support.lab_opt_outs import PEOPLE, play_with_opt_outs, put_on_roster


@pytest.fixture
def publishing_system(system: LabSystem) -> Iterator[LabSystem]:
    """The service replies to STOP, START and HELP, and also publishes them."""
    system.network.publishes_keywords = True
    yield system
    system.network.publishes_keywords = False
    restore_roster(system)


@pytest.fixture
def silent_system(system: LabSystem) -> Iterator[LabSystem]:
    """The service replies to STOP, START and HELP, and publishes none of them."""
    yield system
    restore_roster(system)


def restore_roster(system: LabSystem) -> None:
    """Makes the employees of other tests approved and opted in again."""
    system.wait_until_idle()
    put_on_roster(system, *(number for number in PEOPLE if number in STAFF))
    for number in PEOPLE:
        system.network.opt_in(number)


def undone(system: LabSystem) -> int:
    """Returns the number of items of the operator inbox about undone bookings."""
    rows = system.rows(system.outputs.operator_inbox_table_name)
    return sum(row["text"].startswith("Booking undone: XYZ123 ") for row in rows)


@pytest.mark.parametrize("dialogue", by_topic(OPT_OUTS_OF_THE_SERVICE, OPT_OUTS_IN_WORDS_OF_THE_SERVICE))
def test_given_opt_outs_of_the_service_when_published_too_then_the_table_holds(
    publishing_system: LabSystem, dialogue: Dialogue
) -> None:
    play_with_opt_outs(publishing_system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(UNDONE_BOOKINGS))
def test_given_a_booking_after_stop_when_its_reply_is_refused_then_it_is_undone(
    silent_system: LabSystem, dialogue: Dialogue
) -> None:
    play_with_opt_outs(silent_system, dialogue)
    assert undone(silent_system) == 2
