"""SQS event of inbound texts: each gets its effect and its one answer."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.catalogues import catalogues
from shift_sms_runtime.adapters.end_user_messaging import EndUserMessaging
from shift_sms_runtime.adapters.front_desk import DynamoFrontDesk
from shift_sms_runtime.adapters.inbox import answers_ledger
from shift_sms_runtime.adapters.messages import DynamoMessages
from shift_sms_runtime.adapters.queues import SqsCallbackQueue
from shift_sms_runtime.adapters.shift_book import DynamoShiftBook
from shift_sms_runtime.domain.inbound import read_notification
from shift_sms_runtime.handlers.records import InvocationPatience, count, logger, now, process
from shift_sms_runtime.services.conversation import Conversation, Policy
from shift_sms_runtime.services.languages import Languages
from shift_sms_runtime.services.send_once import SendOnce
from shift_sms_runtime.services.wishes import Wishes
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
    tables = {
        "shifts": settings.shifts_table,
        "agendas": settings.agendas_table,
        "inbox": settings.inbox_table,
    }
    front_desk = DynamoFrontDesk(
        dynamodb, employees=settings.employees_table, zone=settings.rules.zone, **tables
    )
    ledger = answers_ledger(dynamodb, inbox=settings.inbox_table, progress=settings.progress_table)
    return Conversation(
        front_desk=front_desk,
        wishes=Wishes(
            front_desk=front_desk,
            shifts=DynamoShiftBook(dynamodb, zone=settings.rules.zone, **tables),
            messages=DynamoMessages(dynamodb, settings.messages_table),
            rules=settings.rules,
            clock=now,
        ),
        languages=Languages(
            catalogues(settings.tongue.vocabulary),
            default=settings.tongue.default_language,
            agent_offered=callbacks is not None,
        ),
        answers=SendOnce(ledger, sms, now),
        callbacks=callbacks,
        policy=Policy(
            settings.approved_numbers,
            settings.stranger_reply,
            settings.self_managed_opt_outs,
            settings.texts_per_hour,
        ),
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
