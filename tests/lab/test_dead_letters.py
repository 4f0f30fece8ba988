"""Tests that unprocessable messages end in dead-letter queues, and the runbook's recovery steps."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.lab_system import LabSystem
from tests.support.deployed_lab import (
    STAFF,
    add_members,
    delete_dead_letters,
    deliveries,
    empty_tables,
    put_campaign,
    put_shifts,
    status,
    wait_until,
)
from tests.support.lab_permissions import put_operator_reply, put_overdue_shift, roles, without_permission


def queue(system: LabSystem, name: str) -> str:
    """Returns the URL of the only queue whose name contains `name`."""
    (url,) = (url for url in system.cloud.client("sqs").list_queues()["QueueUrls"] if name in url)
    return url


def receive_dead_letter(system: LabSystem, dead_letters: str) -> str:
    """Waits for the only message of a dead-letter queue, deletes it and returns its body."""
    sqs = system.cloud.client("sqs")
    assert wait_until(lambda: system.depth(dead_letters) == (1, 0), 60), "no dead letter arrived"
    (message,) = sqs.receive_message(QueueUrl=dead_letters)["Messages"]
    sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
    return message["Body"]


@pytest.fixture(autouse=True)
def no_dead_letters(system: LabSystem) -> None:
    """Deletes the dead letters of other tests."""
    delete_dead_letters(system)


@pytest.mark.soak
def test_given_an_invalid_notification_when_it_keeps_failing_then_one_dead_letter(
    system: LabSystem,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"))
    with system.quick_redelivery(seconds=1):
        system.cloud.client("sns").publish(TopicArn=system.outputs.inbound_topic_arn, Message='{"hello": 1}')
        assert system.send_and_wait(STAFF[0], "XYZ123").body == "Booked: XYZ123 15/08 5h nightshift"
        poison = receive_dead_letter(system, queue(system, "InboundDeadLetters"))
        system.wait_until_idle()
    assert json.loads(poison)["Message"] == '{"hello": 1}'


@pytest.mark.parametrize(
    "name",
    [
        "ShiftReconcilerRequests",
        *(
            pytest.param(name, marks=pytest.mark.soak)
            for name in ("Pages", "Dispatch", "Events", "Callbacks", "FillPlannerRequests", "Turns")
        ),
    ],
)
def test_given_an_invalid_queue_message_when_it_keeps_failing_then_dead_letter(
    system: LabSystem, name: str
) -> None:
    system.wait_until_idle()
    with system.quick_redelivery(seconds=1):
        url = queue(system, f"{name}Queue")
        system.cloud.client("sqs").send_message(QueueUrl=url, MessageBody='{"hello": 1}')
        assert receive_dead_letter(system, queue(system, f"{name}DeadLetters")) == '{"hello": 1}'
        system.wait_until_idle()


def test_given_a_text_in_the_dlq_when_redriven_after_repair_then_replied_to(
    system: LabSystem,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"))
    received = len(system.network.inbox(STAFF[0]))
    with system.quick_redelivery(seconds=1):
        with without_permission(system, roles(system)["process_inbound_sms"], "dynamodb:BatchGetItem"):
            system.network.send_from_phone(STAFF[0], "XYZ123")
            text = receive_dead_letter(system, queue(system, "InboundDeadLetters"))
        system.cloud.client("sqs").send_message(QueueUrl=queue(system, "InboundQueue"), MessageBody=text)
        reply = system.network.wait_for_text(STAFF[0], received, 30)
    assert reply.body == "Booked: XYZ123 15/08 5h nightshift"


@contextmanager
def short_lived_records(system: LabSystem, table: str) -> Iterator[None]:
    """Expires the records of a table's stream after 3 seconds; on AWS the minimum is a minute."""
    lambdas = system.cloud.client("lambda")
    ages = {
        mapping["UUID"]: mapping["MaximumRecordAgeInSeconds"]
        for mapping in lambdas.list_event_source_mappings()["EventSourceMappings"]
        if f"/{table}/stream/" in mapping["EventSourceArn"]
    }
    for uuid in ages:
        lambdas.update_event_source_mapping(UUID=uuid, MaximumRecordAgeInSeconds=3)
    try:
        yield
    finally:
        for uuid, age in ages.items():
            lambdas.update_event_source_mapping(UUID=uuid, MaximumRecordAgeInSeconds=age)


@pytest.mark.soak
def test_given_a_launch_that_keeps_failing_when_its_record_expires_then_dead_letter(
    system: LabSystem,
) -> None:
    add_members(system, "stuck", STAFF[4])
    launcher = roles(system)["launch_campaign"]
    with (
        short_lived_records(system, system.outputs.campaigns_table_name),
        without_permission(system, launcher, "dynamodb:GetItem"),
    ):
        put_campaign(system, "stuck", campaign_message="stuck A1", segment="stuck")
        record = json.loads(receive_dead_letter(system, queue(system, "StreamDeadLetters")))
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    system.cloud.client("dynamodb").delete_item(
        TableName=system.outputs.campaigns_table_name, Key={"campaign_id": {"S": "stuck"}}
    )
    put_campaign(system, "stuck", campaign_message="stuck A1", segment="stuck")
    assert status(system, "stuck")["campaign_status"] in ("launched", "finished")
    assert wait_until(lambda: deliveries(system, "stuck") == {STAFF[4]: "delivered"}, 30)


def test_given_a_summary_that_keeps_failing_when_a_record_expires_then_it_recovers(
    system: LabSystem,
) -> None:
    add_members(system, "unsummed", STAFF[5])
    dead_letters = queue(system, "StreamDeadLetters")
    (table,) = (
        name
        for name in system.cloud.client("dynamodb").list_tables()["TableNames"]
        if "CampaignCounters" in name
    )
    with (
        short_lived_records(system, table),
        without_permission(system, roles(system)["summarize_campaign"], "dynamodb:BatchGetItem"),
    ):
        put_campaign(system, "unsummed", campaign_message="unsummed A1", segment="unsummed")
        assert wait_until(lambda: system.depth(dead_letters)[0] > 0, 60), "no dead letter arrived"
        assert wait_until(lambda: deliveries(system, "unsummed") == {STAFF[5]: "delivered"}, 30)
    system.cloud.client("sqs").purge_queue(QueueUrl=dead_letters)
    assert "targeted" not in status(system, "unsummed")
    # The runbook: any further change of a counter updates the item, for example a reply.
    system.send_and_wait(STAFF[5], "REQUEST")
    assert wait_until(lambda: status(system, "unsummed").get("delivered") == 1, 30)


def test_given_a_shift_that_cannot_be_queued_when_a_record_expires_then_dead_letter(
    system: LabSystem,
) -> None:
    empty_tables(system)
    system.wait_until_reconciled()
    with (
        short_lived_records(system, system.outputs.shifts_table_name),
        without_permission(system, roles(system)["detect_shift_changes"], "sqs:SendMessage"),
    ):
        closed = put_overdue_shift(system)
        record = json.loads(receive_dead_letter(system, queue(system, "StreamDeadLetters")))
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    assert not closed()
    system.request_reconciliation("KEPT")
    assert wait_until(closed, 30)


@pytest.mark.soak
def test_given_a_reply_that_cannot_be_added_when_a_record_expires_then_dead_letter(
    system: LabSystem,
) -> None:
    empty_tables(system)
    with (
        short_lived_records(system, system.outputs.operator_inbox_table_name),
        without_permission(system, roles(system)["send_operator_reply"], "dynamodb:UpdateItem"),
    ):
        is_replied = put_operator_reply(system)
        record = json.loads(receive_dead_letter(system, queue(system, "StreamDeadLetters")))
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    assert not is_replied()
    (message,) = system.rows(system.outputs.operator_inbox_table_name)
    system.put(system.outputs.operator_inbox_table_name, [message | {"reply": "Under the mat."}])
    assert wait_until(is_replied, 30)
