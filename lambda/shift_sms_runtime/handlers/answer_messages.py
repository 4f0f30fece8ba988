"""DynamoDB stream event of messages on which an operator has written an answer: each is texted once."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.contacts import DynamoContacts
from shift_sms_runtime.adapters.end_user_messaging import EndUserMessaging
from shift_sms_runtime.adapters.inbox import answers_ledger
from shift_sms_runtime.adapters.messages import DynamoMessages
from shift_sms_runtime.domain.messages import operator_answer
from shift_sms_runtime.handlers.records import InvocationPatience, count, logger, now, process
from shift_sms_runtime.services.operator_answers import OperatorAnswers
from shift_sms_runtime.services.send_once import SendOnce
from shift_sms_runtime.settings import AnswerMessagesSettings


@cache
def _answers() -> OperatorAnswers:
    settings = AnswerMessagesSettings.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    return OperatorAnswers(
        DynamoMessages(dynamodb, settings.messages_table),
        DynamoContacts(dynamodb, settings.employees_table),
        SendOnce(answers_ledger(dynamodb, inbox=settings.inbox_table), sms, now),
        now,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, patience: InvocationPatience) -> None:
    answer = operator_answer(record.dynamodb.new_image if record.dynamodb else {})
    if answer is not None:
        status = _answers().handle(answer, patience)
        logger().info("message answered", inbound_message_id=answer.message_id, outcome=status.value)
        count("Message", status)
