"""Tests that an operator's reply is texted once, and that its outcome is counted."""

import json
from datetime import UTC, datetime

import boto3
import pytest

from shift_sms_operator.audit.audit_recorder import AuditRecorder
from shift_sms_operator.operator_inbox.inbox import OperatorInbox
from shift_sms_runtime.operator_inbox.inbox_item import InboxItem
from shift_sms_runtime.tables.employees import DynamoEmployeeRows
from shift_sms_runtime.tables.operator_inbox import DynamoInboxItems, inbox_item_update
from tests.support.dialogues.dialogue import ANN
from tests.support.functions_on_moto import OUR_NUMBER, FunctionsOnMoto


@pytest.mark.parametrize(
    ("opted_out", "metric"), [(False, "OperatorReplySent"), (True, "OperatorReplyNotSent")]
)
def test_given_a_reply_on_an_item_when_its_record_arrives_twice_then_sent_once(
    system: FunctionsOnMoto, capsys: pytest.CaptureFixture[str], opted_out: bool, metric: str
) -> None:
    system.dynamodb.Table("Employees").put_item(Item={"phone_number": ANN, "opted_out": opted_out})
    image = {
        "message_id": {"S": "m"},
        "phone_number": {"S": ANN},
        "reply_from": {"S": OUR_NUMBER},
        "text": {"S": "where is the key"},
        "message_status": {"S": "open"},
        "reply": {"S": "Under the mat"},
    }
    boto3.client("dynamodb").put_item(TableName="OperatorInbox", Item=image)
    record = {"eventID": "1", "eventName": "MODIFY", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}
    capsys.readouterr()
    for _ in range(2):
        assert system.invoke("send_operator_reply", {"Records": [record]}) == []
    assert not system.network.inbox(ANN)
    system.drain_outbox()
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [entry[metric] for entry in counted if metric in entry] == [1]
    assert [text.body for text in system.network.inbox(ANN)] == ([] if opted_out else ["Under the mat"])
    (row,) = system.rows("OperatorInbox")
    assert row["message_status"] == ("not-sent" if opted_out else "replied")


def test_given_a_reply_and_a_follow_up_when_records_arrive_then_both_are_sent(
    system: FunctionsOnMoto,
) -> None:
    client = boto3.client("dynamodb")
    received = InboxItem("m", ANN, OUR_NUMBER, "where is the key", datetime.now(UTC))
    client.update_item(**inbox_item_update("OperatorInbox", received))
    items = DynamoInboxItems(client, operator_inbox="OperatorInbox", audit_trail="AuditTrail")
    recorder = AuditRecorder(lambda: "ann", retention_days=1, clock=lambda: datetime.now(UTC))
    inbox = OperatorInbox(items, DynamoEmployeeRows(client, "Employees"), recorder, lambda: datetime.now(UTC))

    def send_records() -> None:
        images = client.scan(TableName="OperatorInbox")["Items"]
        records = [
            {"eventID": "1", "eventName": "MODIFY", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}
            for image in images
        ]
        for _ in range(2):
            assert system.invoke("send_operator_reply", {"Records": records}) == []
        system.drain_outbox()

    inbox.reply(inbox.preview("m", "Under the mat"))
    send_records()
    inbox.follow_up(inbox.preview("m", "The blue one"))
    send_records()

    assert [text.body for text in system.network.inbox(ANN)] == ["Under the mat", "The blue one"]
    (follow_up,) = inbox.conversation(inbox.find("m"))
    assert (inbox.find("m").message_status, follow_up.message_status) == ("replied", "replied")
