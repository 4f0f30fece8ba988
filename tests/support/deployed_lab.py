"""Prepares, observes and texts the deployed system for tests."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from lab.deployment import deploy
from lab.lab_system import MARKER_SHIFT_ID, MESSAGES_PER_SECOND, OUR_NUMBER, LabSystem
from tests.support.clock import wait_for_one_day
from tests.support.dialogues.dialogue import POST_SHIFTS, Dialogue, matches
from tests.support.dialogues.groups import CONNECT_OFF
from tests.support.dialogues.languages import APPOINTMENTS
from tests.support.dialogues.policy import INFORMING, STRICT

STAFF = tuple(f"+1425555{number:04}" for number in range(100, 160))
"""The employees' numbers, including those of Ann and Bob."""
CROWD = tuple(
    {"phone_number": f"+1{area}5550{number}", "name": f"Employee {area}-{number}"}
    for area in (253, 360)
    for number in range(100, 160)
)
"""Employees with names, more than claim a shift at once."""
TEXTS_PER_HOUR = 6
"""One more than the texts of the longest opt-out dialogue."""


def empty_tables(system: LabSystem) -> None:
    """Waits until the system is idle and removes shifts, bookings, conversations and the operator inbox."""
    system.wait_until_idle()
    outputs = system.outputs
    for table, keys in (
        (outputs.shifts_table_name, ("shift_id",)),
        (outputs.conversations_table_name, ("phone_number", "entry")),
        (outputs.employee_bookings_table_name, ("phone_number",)),
        (outputs.operator_inbox_table_name, ("message_id",)),
    ):
        for row in system.rows(table):
            if row[keys[0]] != MARKER_SHIFT_ID:
                system.cloud.client("dynamodb").delete_item(
                    TableName=table, Key={key: {"S": row[key]} for key in keys}
                )


def delete_dead_letters(system: LabSystem) -> None:
    """Deletes the dead letters. On a busy machine, tests that shorten the time until a redelivery leave some."""
    sqs = system.cloud.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        while "DeadLetters" in url and (found := sqs.receive_message(QueueUrl=url).get("Messages")):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def deploy_again(system: LabSystem, **settings: str) -> None:
    """Deploys the stack of a running system with other settings."""
    deploy(system.cloud, {**system.settings(), **settings}, system.cloud.folder / "deployment")


def put_shifts(system: LabSystem, *shifts: tuple[str, str]) -> None:
    """Puts available shifts, as in the post."""
    system.put_shifts(
        {"shift_id": shift_id, "shift_info": info, "shift_status": "available"} for shift_id, info in shifts
    )


def most_in_window(seconds: float) -> float:
    """Returns how many texts the number can send in a period; the network accepts them up to a second ahead."""
    return MESSAGES_PER_SECOND * (seconds + 1) + 1


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    """Polls the condition; returns False after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def put_campaign(system: LabSystem, campaign_id: str, **attributes: str) -> None:
    """Puts a campaign item, as an operator does in the console."""
    system.put(system.outputs.campaigns_table_name, [{"campaign_id": campaign_id, **attributes}])


_LAUNCH_ENDED = {"launched", "finished", "failed", "stopped"}


def status(system: LabSystem, campaign_id: str) -> dict[str, object]:
    """Waits for the end of the launch and returns the campaign item."""

    def item() -> dict[str, object]:
        rows = system.rows(system.outputs.campaigns_table_name)
        return next(row for row in rows if row["campaign_id"] == campaign_id)

    assert wait_until(lambda: item().get("campaign_status") in _LAUNCH_ENDED, 30)
    return item()


def deliveries(system: LabSystem, campaign_id: str) -> dict[str, str]:
    """Returns the delivery status by recipient."""
    rows = system.rows(system.outputs.deliveries_table_name)
    return {row["phone_number"]: row["status"] for row in rows if row["campaign_id"] == campaign_id}


def add_members(system: LabSystem, segment: str, *members: str) -> None:
    """Puts numbers into a segment."""
    rows = [{"segment": segment, "phone_number": member} for member in members]
    system.put(system.outputs.segment_members_table_name, rows)


def addressed_to(number: str) -> Callable[[Mapping[str, Any]], bool]:
    """Returns a predicate for sends to this number."""
    return lambda parameters: parameters["DestinationPhoneNumber"] == number


def play_dialogue(system: LabSystem, dialogue: Dialogue) -> None:
    """Sends the texts of a dialogue; compares replies and bookings with it."""
    empty_tables(system)
    if dialogue.needs_one_day:
        wait_for_one_day()
    system.put_shifts(dialogue.shift_items(datetime.now(UTC)))
    with employee_attributes(system, dialogue.employees):
        send_turns(system, dialogue)
    assert system.bookings() == dialogue.taken


@contextmanager
def employee_attributes(system: LabSystem, employees: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Writes attributes of employees and restores the former items afterwards."""
    table = system.outputs.employees_table_name
    before = [row for row in system.rows(table) if row["phone_number"] in employees]
    system.put(table, [{"phone_number": number, **attributes} for number, attributes in employees.items()])
    yield
    for number in employees:
        system.cloud.client("dynamodb").delete_item(TableName=table, Key={"phone_number": {"S": number}})
    system.put(table, before)


def send_turns(system: LabSystem, dialogue: Dialogue) -> None:
    """Sends one text after another, each when the system is idle again."""
    others_get_texts = dialogue in CONNECT_OFF + STRICT + INFORMING + APPOINTMENTS
    if others_get_texts and dialogue.given != POST_SHIFTS:
        system.wait_until_reconciled()
    for turn in dialogue.turns:
        # Texts to others can arrive before the reply.
        expected: dict[str, list[str]] = {turn.sender: list(turn.replies)}
        for number, body in turn.texts_to_others:
            expected.setdefault(number, []).append(body)
        before = {number: len(system.network.inbox(number)) for number in expected}
        texts = len(system.network.texts)
        system.network.send_from_phone(turn.sender, turn.text, OUR_NUMBER)
        for number, bodies in expected.items():
            for count in range(len(bodies)):
                system.network.wait_for_text(number, before[number] + count, 30)
        system.wait_until_idle()
        received = [text for text in system.network.texts[texts:] if not text.automatic]
        for number, bodies in expected.items():
            assert_texts([text.body for text in received if text.destination == number], bodies)
        assert len(received) == len(turn.replies) + len(turn.texts_to_others)
        assert all(text.origination == OUR_NUMBER for text in received)
    if others_get_texts:
        texts = len(system.network.texts)
        system.wait_until_reconciled()
        assert system.network.texts[texts:] == ()


def assert_texts(bodies: Sequence[str], expected: Sequence[str]) -> None:
    """Compares texts with those of a dialogue."""
    matched = [matches(body, pattern) for body, pattern in zip(bodies, expected, strict=False)]
    assert len(bodies) == len(expected), f"{bodies} is not {expected}"
    assert all(matched), f"{bodies} is not {expected}"
