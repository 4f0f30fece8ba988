"""SQS event of inbound texts: each gets its effect and its one answer."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
from shift_sms_runtime.aws.sqs import SqsCallbackQueue
from shift_sms_runtime.environment import ProcessInboundSms
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.inbound.command_executor import CommandExecutor
from shift_sms_runtime.inbound.inbound_text import read_notification
from shift_sms_runtime.inbound.languages import Locales
from shift_sms_runtime.inbound.policy import InboundPolicy
from shift_sms_runtime.inbound.processor import InboundProcessor
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.conversations import answers_ledger
from shift_sms_runtime.tables.employees import DynamoEmployees
from shift_sms_runtime.tables.inbound_store import DynamoInboundStore
from shift_sms_runtime.tables.operator_inbox import DynamoOperatorInbox
from shift_sms_runtime.tables.shifts import DynamoShifts
from shift_sms_runtime.telemetry import count, logger


@cache
def _conversation() -> InboundProcessor:
    settings = ProcessInboundSms.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    callbacks = None
    if settings.callback_queue_url is not None:
        callbacks = SqsCallbackQueue(
            boto3.client("sqs", config=clients.IDEMPOTENT), settings.callback_queue_url
        )
    reader = ShiftReader(settings.rules.zone)
    front_desk = DynamoInboundStore(
        dynamodb,
        employees=settings.employees_table,
        inbox=settings.inbox_table,
        shifts=settings.shifts_table,
        agendas=settings.agendas_table,
        shift_reader=reader,
    )
    ledger = answers_ledger(dynamodb, inbox=settings.inbox_table, progress=settings.progress_table)
    return InboundProcessor(
        front_desk=front_desk,
        employees=DynamoEmployees(dynamodb, settings.employees_table),
        wishes=CommandExecutor(
            front_desk=front_desk,
            shifts=DynamoShifts(dynamodb, settings.shifts_table, reader),
            messages=DynamoOperatorInbox(dynamodb, settings.messages_table),
            rules=settings.rules,
            clock=now,
        ),
        languages=Locales(
            locales(settings.tongue.vocabulary),
            default=settings.tongue.default_language,
            agent_offered=callbacks is not None,
        ),
        answers=SendOnce(ledger, sms, now),
        callbacks=callbacks,
        policy=InboundPolicy(
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


def _handle(record: SQSRecord, patience: LambdaDeadline) -> None:
    text = read_notification(record.body)
    outcome = _conversation().handle(text, patience)
    logger().info("text handled", inbound_message_id=text.message_id, outcome=outcome.value)
    count("Text", outcome)
