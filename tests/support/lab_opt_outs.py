"""Plays dialogues with opt-outs on the deployed system."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from lab.lab_system import LabSystem
from lab.phone_network.phones.handsets import InboundPayload
from tests.support.deployed_lab import empty_tables, send_turns
from tests.support.dialogues.dialogue import ANN, BOB, EVE, GUS, Dialogue
from tests.support.notifications import notification

PEOPLE = (ANN, BOB, EVE, GUS)
"""The people of the dialogues with opt-outs."""


def put_on_roster(system: LabSystem, *numbers: str) -> None:
    """Makes exactly these of `PEOPLE` employees, without opt-outs."""
    table = system.outputs.employees_table_name
    for number in PEOPLE:
        system.cloud.client("dynamodb").delete_item(TableName=table, Key={"phone_number": {"S": number}})
    system.put(table, [{"phone_number": number} for number in numbers])


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


def play_with_opt_outs(system: LabSystem, dialogue: Dialogue) -> None:
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
