"""DynamoDB stream event of messages on which an operator has written an answer: each is texted once."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
from shift_sms_runtime.environment import SendOperatorReply
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.operator_inbox.inbox_item import read_operator_reply
from shift_sms_runtime.operator_inbox.reply_sender import OperatorReplySender
from shift_sms_runtime.tables.conversations import answers_ledger
from shift_sms_runtime.tables.employees import DynamoEmployees
from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox
from shift_sms_runtime.telemetry import count, logger


@cache
def _answers() -> OperatorReplySender:
    settings = SendOperatorReply.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    return OperatorReplySender(
        DynamoOperatorInbox(dynamodb, settings.messages_table),
        DynamoEmployees(dynamodb, settings.employees_table),
        SendOnce(answers_ledger(dynamodb, inbox=settings.inbox_table), sms, now),
        now,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, patience: LambdaDeadline) -> None:
    answer = read_operator_reply(record.dynamodb.new_image if record.dynamodb else {})
    if answer is not None:
        status = _answers().handle(answer, patience)
        logger().info("message answered", inbound_message_id=answer.message_id, outcome=status.value)
        count("Message", status)
