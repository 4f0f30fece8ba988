"""Tests opt-outs on the deployed system: self-managed ones, and those of the service that are also published."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from lab.lab_system import LabSystem
from lab.phone_network.phones.handsets import InboundPayload
from tests.support.deployed_lab import STAFF, empty_tables, send_turns
from tests.support.dialogues.dialogue import ANN, BOB, EVE, GUS, Dialogue
from tests.support.dialogues.groups import by_topic
from tests.support.dialogues.opt_outs import OPT_OUTS_OF_THE_SERVICE, SELF_MANAGED_OPT_OUTS
from tests.support.dialogues.plain_words import OPT_OUTS_IN_WORDS, OPT_OUTS_IN_WORDS_OF_THE_SERVICE
from tests.support.dialogues.undone_bookings import UNDONE_BOOKINGS
from tests.support.notifications import notification

PEOPLE = (ANN, BOB, EVE, GUS)


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


def put_on_roster(system: LabSystem, *numbers: str) -> None:
    """Makes exactly these of `PEOPLE` employees, without opt-outs."""
    table = system.outputs.employees_table_name
    for number in PEOPLE:
        system.cloud.client("dynamodb").delete_item(TableName=table, Key={"phone_number": {"S": number}})
    system.put(table, [{"phone_number": number} for number in numbers])


def undone(system: LabSystem) -> int:
    """Returns the number of items of the operator inbox about undone bookings."""
    rows = system.rows(system.outputs.operator_inbox_table_name)
    return sum(row["text"].startswith("Booking undone: XYZ123 ") for row in rows)


@contextmanager
def dialogue_timestamps(system: LabSystem, dialogue: Dialogue) -> Iterator[None]:
    """Publishes texts with the dialogue's timestamps if it has any; SNS would use the current time."""
    if all(turn.sent is None for turn in dialogue.turns):
        yield
        return
    minutes = iter([minute if turn.sent is None else turn.sent for minute, turn in enumerate(dialogue.turns)])
    (inbound_queue,) = (url for url in system.work_queues() if "Inbound" in url)

    def put(payload: InboundPayload) -> None:
        body = notification(payload, f"2026-08-01T12:{next(minutes):02}:00.000Z")
        system.cloud.client("sqs").send_message(QueueUrl=inbound_queue, MessageBody=body)

    by_sns, system.network.publish = system.network.publish, put
    yield
    system.network.publish = by_sns


def play(system: LabSystem, dialogue: Dialogue) -> None:
    """Sends the texts of a dialogue; compares replies, bookings and opt-outs with it."""
    empty_tables(system)
    put_on_roster(system, ANN, BOB)
    employees = [{"phone_number": number, **of} for number, of in dialogue.employees.items()]
    system.put(system.outputs.employees_table_name, employees)
    for number in PEOPLE:
        system.network.opt_in(number)
    system.put_shifts(dialogue.shift_items(datetime.now(UTC)))
    with dialogue_timestamps(system, dialogue):
        send_turns(system, dialogue)
    # Other tests leave employees of their own in the table.
    opted_out = {
        row["phone_number"]
        for row in system.rows(system.outputs.employees_table_name)
        if row.get("opted_out")
    }
    assert opted_out.intersection(PEOPLE) == dialogue.opted_out
    assert system.bookings() == dialogue.taken


@pytest.mark.parametrize("dialogue", by_topic(SELF_MANAGED_OPT_OUTS, OPT_OUTS_IN_WORDS))
def test_given_self_managed_opt_outs_when_employees_text_then_the_replies_match(
    limited_system: LabSystem, dialogue: Dialogue
) -> None:
    play(limited_system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(OPT_OUTS_OF_THE_SERVICE, OPT_OUTS_IN_WORDS_OF_THE_SERVICE))
def test_given_opt_outs_of_the_service_when_published_too_then_the_table_holds(
    publishing_system: LabSystem, dialogue: Dialogue
) -> None:
    play(publishing_system, dialogue)


@pytest.mark.parametrize("dialogue", by_topic(UNDONE_BOOKINGS))
def test_given_a_booking_after_stop_when_its_reply_is_refused_then_it_is_undone(
    silent_system: LabSystem, dialogue: Dialogue
) -> None:
    play(silent_system, dialogue)
    assert undone(silent_system) == 2
