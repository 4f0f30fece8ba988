"""What cannot be handled ends in a dead-letter queue, alone, and comes back from there the way the runbook says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.system import System
from tests.lab.conftest import STAFF, empty_tables, put_shifts, quick_redelivery, wait_until
from tests.lab.test_campaigns import deliveries, join, put_campaign, status
from tests.lab.test_permissions import answer_somebody, pass_the_deadline, roles, without


def queue(system: System, name: str) -> str:
    """The URL of the one queue whose name has ``name`` in it."""
    (url,) = (url for url in system.cloud.client("sqs").list_queues()["QueueUrls"] if name in url)
    return url


def set_aside(system: System, dead_letters: str) -> str:
    """The one message of a dead-letter queue, which is empty afterwards."""
    sqs = system.cloud.client("sqs")
    assert wait_until(lambda: system.depth(dead_letters) == (1, 0), 60), "nothing was set aside"
    (message,) = sqs.receive_message(QueueUrl=dead_letters)["Messages"]
    sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
    return message["Body"]


@pytest.fixture(autouse=True)
def nothing_set_aside(system: System) -> None:
    """What other tests have led to is not what these look for."""
    sqs = system.cloud.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        while "DeadLetters" in url and (found := sqs.receive_message(QueueUrl=url).get("Messages")):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_given_a_poisoned_notification_when_it_fails_again_and_again_then_it_is_set_aside_and_others_are_answered(
    system: System,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"))
    with quick_redelivery(system, seconds=1):
        system.cloud.client("sns").publish(TopicArn=system.outputs.inbound_topic_arn, Message='{"hello": 1}')
        assert system.ask(STAFF[0], "XYZ123").body == "Booked: XYZ123 15/08 5h nightshift"
        poison = set_aside(system, queue(system, "InboundDeadLetters"))
        system.wait_until_idle()
    assert json.loads(poison)["Message"] == '{"hello": 1}'


@pytest.mark.parametrize("name", ["Pages", "Dispatch", "Events", "Callbacks", "Calls"])
def test_given_a_poisoned_message_between_functions_when_it_fails_again_and_again_then_it_is_set_aside(
    system: System, name: str
) -> None:
    system.wait_until_idle()
    with quick_redelivery(system, seconds=1):
        url = queue(system, f"{name}Queue")
        system.cloud.client("sqs").send_message(QueueUrl=url, MessageBody='{"hello": 1}')
        assert set_aside(system, queue(system, f"{name}DeadLetters")) == '{"hello": 1}'
        system.wait_until_idle()


def test_given_a_text_that_was_set_aside_when_the_cause_is_mended_and_it_is_put_back_then_it_is_answered(
    system: System,
) -> None:
    empty_tables(system)
    put_shifts(system, ("XYZ123", "15/08 5h nightshift"))
    heard = len(system.network.inbox(STAFF[0]))
    with quick_redelivery(system, seconds=1):
        with without(system, roles(system)["inbound_sms"], "dynamodb:BatchGetItem"):
            system.network.send_from_phone(STAFF[0], "XYZ123")
            text = set_aside(system, queue(system, "InboundDeadLetters"))
        system.cloud.client("sqs").send_message(QueueUrl=queue(system, "InboundQueue"), MessageBody=text)
        answer = system.network.wait_for_text(STAFF[0], heard, 30)
    assert answer.body == "Booked: XYZ123 15/08 5h nightshift"


@contextmanager
def short_lived_records(system: System, table: str) -> Iterator[None]:
    """Records of a table's stream are given up after seconds. AWS takes no less than a minute for that."""
    lambdas = system.cloud.client("lambda")
    (stream,) = (
        mapping
        for mapping in lambdas.list_event_source_mappings()["EventSourceMappings"]
        if f"/{table}/stream/" in mapping["EventSourceArn"]
    )
    age = stream["MaximumRecordAgeInSeconds"]
    lambdas.update_event_source_mapping(UUID=stream["UUID"], MaximumRecordAgeInSeconds=3)
    try:
        yield
    finally:
        lambdas.update_event_source_mapping(UUID=stream["UUID"], MaximumRecordAgeInSeconds=age)


def test_given_a_campaign_that_cannot_be_launched_when_its_record_is_too_old_then_it_is_set_aside_and_can_be_put_again(
    system: System,
) -> None:
    join(system, "stuck", STAFF[4])
    launcher = roles(system)["launch_campaign"]
    with (
        short_lived_records(system, system.outputs.campaigns_table_name),
        without(system, launcher, "dynamodb:GetItem"),
    ):
        put_campaign(system, "stuck", campaign_message="stuck A1", segment="stuck")
        record = json.loads(set_aside(system, queue(system, "LauncherStreamDeadLetters")))
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    system.cloud.client("dynamodb").delete_item(
        TableName=system.outputs.campaigns_table_name, Key={"campaign_id": {"S": "stuck"}}
    )
    put_campaign(system, "stuck", campaign_message="stuck A1", segment="stuck")
    assert status(system, "stuck")["campaign_status"] == "launched"
    assert wait_until(lambda: deliveries(system, "stuck") == {STAFF[4]: "delivered"}, 30)


def test_given_progress_that_cannot_be_summed_when_its_record_is_too_old_then_it_is_set_aside_and_the_next_sum_has_all(
    system: System,
) -> None:
    join(system, "unsummed", STAFF[5])
    dead_letters = queue(system, "ProgressStreamDeadLetters")
    (table,) = (
        name for name in system.cloud.client("dynamodb").list_tables()["TableNames"] if "Progress" in name
    )
    with (
        short_lived_records(system, table),
        without(system, roles(system)["campaign_progress"], "dynamodb:Query"),
    ):
        put_campaign(system, "unsummed", campaign_message="unsummed A1", segment="unsummed")
        assert wait_until(lambda: system.depth(dead_letters)[0] > 0, 60), "nothing was set aside"
        assert wait_until(lambda: deliveries(system, "unsummed") == {STAFF[5]: "delivered"}, 30)
    system.cloud.client("sqs").purge_queue(QueueUrl=dead_letters)
    assert "targeted" not in status(system, "unsummed")
    # The runbook: any further count brings the item up to date, a reply for instance.
    system.ask(STAFF[5], "REQUEST")
    assert wait_until(lambda: status(system, "unsummed").get("delivered") == 1, 30)


def test_given_a_shift_that_cannot_be_handed_on_when_its_record_is_too_old_then_it_is_set_aside_and_can_be_called_for(
    system: System,
) -> None:
    empty_tables(system)
    system.wait_until_followed()
    with (
        short_lived_records(system, system.outputs.shifts_table_name),
        without(system, roles(system)["follow_shifts"], "sqs:SendMessage"),
    ):
        closed = pass_the_deadline(system)
        record = json.loads(set_aside(system, queue(system, "ShiftKeeperStreamDeadLetters")))
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    assert not closed()
    system.call_for("KEPT")
    assert wait_until(closed, 30)


def test_given_an_answer_that_cannot_be_sent_when_its_record_is_too_old_then_it_is_set_aside_and_can_be_written_again(
    system: System,
) -> None:
    empty_tables(system)
    with (
        short_lived_records(system, system.outputs.messages_table_name),
        without(system, roles(system)["answer_messages"], "dynamodb:UpdateItem"),
    ):
        answered = answer_somebody(system)
        record = json.loads(set_aside(system, queue(system, "OperatorMessagesStreamDeadLetters")))
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    assert not answered()
    (message,) = system.rows(system.outputs.messages_table_name)
    system.put(system.outputs.messages_table_name, [message | {"answer": "Under the mat."}])
    assert wait_until(answered, 30)
