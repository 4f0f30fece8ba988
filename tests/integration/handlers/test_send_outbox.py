"""Tests the workers of the outbox on DynamoDB and SQS."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3

from shift_sms_runtime.aws.sqs import SqsQueue
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.outbox.outbox_text import OutboxText, OutboxTurn
from shift_sms_runtime.outbox.workers import WorkerStarter
from shift_sms_runtime.tables.outbox_store import DynamoOutbox
from shift_sms_runtime.tables.send_permits import DynamoSendPermits
from tests.support.dialogues.dialogue import ANN, BOB
from tests.support.functions_on_moto import OUR_NUMBER, FunctionsOnMoto, LambdaContext


def now() -> datetime:
    return datetime.now(UTC)


def text(reply_id: str, to: str = ANN, *, age: timedelta = timedelta(0)) -> OutboxText:
    return OutboxText(
        to, ReplyKind.STRANGER_REPLY, reply_id, Priority.REPLY, OUR_NUMBER, now() - age, f"hello {reply_id}"
    )


def add(*texts: OutboxText) -> None:
    """Adds texts as a function does that sends nothing itself."""
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
    outbox = DynamoOutbox(dynamodb, outbox="Outbox", conversations="Conversations", clock=now)
    for one in texts:
        assert outbox.add(one) is None
    turns: SqsQueue[OutboxTurn] = SqsQueue(sqs, sqs.get_queue_url(QueueName="outbox")["QueueUrl"])
    permits = DynamoSendPermits(dynamodb, "SendPermits", OUR_NUMBER, clock=now)
    WorkerStarter(permits, turns, now).ensure_running(Priority.REPLY)


def entries(system: FunctionsOnMoto) -> dict[str, str]:
    """Returns the status of each text by its id."""
    return {row["entry"].partition("#")[2]: row["status"] for row in system.rows("Conversations")}


def test_given_texts_that_wait_when_a_worker_runs_then_they_are_sent_in_order(
    system: FunctionsOnMoto,
) -> None:
    texts = [text("3"), text("2", BOB, age=timedelta(seconds=1)), text("1", age=timedelta(seconds=2))]
    add(*texts)
    system.drain_outbox()
    assert [one.body for one in system.network.texts] == ["hello 1", "hello 2", "hello 3"]
    assert system.rows("Outbox") == []
    assert entries(system) == {"1": "sent", "2": "sent", "3": "sent"}
    (permits,) = system.rows("SendPermits")
    assert not [name for name in permits if name.startswith("worker_")]


def test_given_no_time_left_when_a_worker_runs_then_its_next_turn_sends(
    system: FunctionsOnMoto,
) -> None:
    add(text("1"))
    event = system.sqs_event([OutboxTurn(0).to_json()])
    assert system.invoke("send_outbox", event, LambdaContext(seconds=5)) == []
    assert not system.network.texts
    system.drain_outbox()
    assert [one.body for one in system.network.texts] == ["hello 1"]


def test_given_texts_that_nothing_can_send_when_a_worker_runs_then_others_are_sent(
    system: FunctionsOnMoto,
) -> None:
    without_shift = replace(text("1"), kind=ReplyKind.NOTICE, body=None)
    add(without_shift, text("2", BOB))
    assert system.invoke("send_outbox", system.sqs_event([OutboxTurn(0).to_json()])) == []
    assert [one.body for one in system.network.texts] == ["hello 2"]
    assert [row["reply_id"] for row in system.rows("Outbox")] == ["1"]


def test_given_a_message_that_is_no_turn_when_handled_then_it_fails(system: FunctionsOnMoto) -> None:
    assert system.invoke("send_outbox", system.sqs_event(["no turn"])) == [{"itemIdentifier": "sqs-0"}]
