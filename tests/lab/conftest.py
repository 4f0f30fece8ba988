"""The deployed system, brought up once for all tests: with Connect, and beside it two with other settings."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lab.system import MARK, System
from tests.dialogues import ANN, BOB, GUS, STRICT_RULES

STAFF = tuple(f"+1425555{number:04}" for number in range(100, 160))
"""Ann and Bob among them."""
TEXTS_PER_HOUR = 6
"""As many as the longest dialogue about opt-outs has, and one more."""


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """Connect on, campaigns through End User Messaging. It takes as many texts as come."""
    assert {ANN, BOB} <= set(STAFF)
    with System(overrides={"texts_per_hour": "0", **STRICT_RULES}) as up:
        up.put(up.outputs.employees_table_name, [{"phone_number": number} for number in STAFF])
        yield up


@pytest.fixture(scope="session")
def other_system() -> Iterator[System]:
    """Connect off, campaigns through Pinpoint, strangers answered once a day, one approved number, no roster."""
    overrides = {
        "campaign_engine": "pinpoint",
        "approved_numbers": f"{ANN},{BOB}",
        "stranger_reply": "once-per-day",
        "texts_per_hour": "0",
    }
    with System(connect=False, overrides=overrides) as up:
        yield up


@pytest.fixture(scope="session")
def limited_system() -> Iterator[System]:
    """The number leaves opt-outs to us, one number is approved, and each has few texts in an hour. No roster."""
    overrides = {
        "self_managed_opt_outs": "true",
        "approved_numbers": GUS,
        "texts_per_hour": str(TEXTS_PER_HOUR),
    }
    with System(overrides=overrides) as up:
        yield up


def empty_tables(system: System) -> None:
    """No shift, nothing remembered, nothing under way."""
    system.wait_until_idle()
    outputs = system.outputs
    for table, key in (
        (outputs.shifts_table_name, "shift_id"),
        (outputs.inbox_table_name, "inbound_message_id"),
        (outputs.agendas_table_name, "phone_number"),
        (outputs.messages_table_name, "message_id"),
    ):
        for row in system.rows(table):
            if row[key] != MARK:
                system.cloud.client("dynamodb").delete_item(TableName=table, Key={key: {"S": row[key]}})


def put_shifts(system: System, *shifts: tuple[str, str]) -> None:
    """Items exactly as in the post."""
    system.put(
        system.outputs.shifts_table_name,
        [
            {"shift_id": shift_id, "shift_info": info, "shift_status": "available"}
            for shift_id, info in shifts
        ],
    )


@contextmanager
def quick_redelivery(system: System, seconds: int) -> Iterator[None]:
    """What a function drops comes back after ``seconds``, not after minutes."""
    sqs = system.cloud.client("sqs")
    before = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        for url in system.work_queues()
    }
    for url in before:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    try:
        yield
    finally:
        for url, attributes in before.items():
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def wait_until(holds: Callable[[], bool], timeout: float) -> bool:
    """Ask until it holds or time is up."""
    end = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
