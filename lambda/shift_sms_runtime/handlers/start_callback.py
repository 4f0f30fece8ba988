"""SQS event of AGENT texts: each starts one call, and then the promise goes out."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.connect import ConnectCallCenter, ContactFlow
from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.callbacks.callback_starter import CallbackStarter
from shift_sms_runtime.environment import StartCallback
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.inbound.languages import Locales
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.tables.conversations import DynamoCallLog, answers_ledger
from shift_sms_runtime.telemetry import count, logger


@cache
def _callback() -> CallbackStarter:
    settings = StartCallback.from_env()
    flow = ContactFlow(
        settings.instance_id, settings.contact_flow_id, settings.queue_id, settings.source_phone_number
    )
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    return CallbackStarter(
        ConnectCallCenter(boto3.client("connect", config=clients.IDEMPOTENT), flow),
        DynamoCallLog(dynamodb, settings.inbox_table),
        SendOnce(
            answers_ledger(dynamodb, inbox=settings.inbox_table, progress=settings.progress_table), sms, now
        ),
        Locales(
            locales(settings.tongue.vocabulary),
            default=settings.tongue.default_language,
            agent_offered=True,
        ),
        now,
        calls_per_day=settings.calls_per_day,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, patience: LambdaDeadline) -> None:
    request = CallbackRequest.from_json(record.body)
    outcome = _callback().handle(request, patience)
    logger().info("callback handled", inbound_message_id=request.message_id, outcome=outcome.value)
    count("Call", outcome)
