"""SQS event of inbound texts: each gets its effect and its one answer."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.end_user_messaging import EndUserMessaging
from shift_sms_runtime.adapters.front_desk import DynamoFrontDesk
from shift_sms_runtime.adapters.inbox import answers_ledger
from shift_sms_runtime.adapters.queues import SqsCallbackQueue
from shift_sms_runtime.adapters.shift_book import DynamoShiftBook
from shift_sms_runtime.domain.inbound import read_notification
from shift_sms_runtime.handlers.records import InvocationPatience, count, logger, now, process
from shift_sms_runtime.services.conversation import Conversation, Policy
from shift_sms_runtime.services.send_once import SendOnce
from shift_sms_runtime.settings import InboundSmsSettings


@cache
def _conversation() -> Conversation:
    settings = InboundSmsSettings.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    callbacks = None
    if settings.callback_queue_url is not None:
        callbacks = SqsCallbackQueue(
            boto3.client("sqs", config=clients.IDEMPOTENT), settings.callback_queue_url
        )
    return Conversation(
        front_desk=DynamoFrontDesk(dynamodb, employees=settings.employees_table, inbox=settings.inbox_table),
        shifts=DynamoShiftBook(dynamodb, settings.shifts_table),
        answers=SendOnce(
            answers_ledger(dynamodb, inbox=settings.inbox_table, progress=settings.progress_table), sms, now
        ),
        callbacks=callbacks,
        policy=Policy(settings.approved_numbers, settings.stranger_reply, settings.self_managed_opt_outs),
        clock=now,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, patience: InvocationPatience) -> None:
    text = read_notification(record.body)
    outcome = _conversation().handle(text, patience)
    logger().info("text handled", inbound_message_id=text.message_id, outcome=outcome.value)
    count("Text", outcome)
