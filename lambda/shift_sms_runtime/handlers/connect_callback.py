"""SQS event of AGENT texts: each starts one call, and then the promise goes out."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.call_log import DynamoCallLog
from shift_sms_runtime.adapters.catalogues import catalogues
from shift_sms_runtime.adapters.connect_calls import ConnectCallCentre, ContactFlow
from shift_sms_runtime.adapters.end_user_messaging import EndUserMessaging
from shift_sms_runtime.adapters.inbox import answers_ledger
from shift_sms_runtime.domain.callbacks import CallbackRequest
from shift_sms_runtime.handlers.records import InvocationPatience, count, logger, now, process
from shift_sms_runtime.services.callback import Callback
from shift_sms_runtime.services.languages import Languages
from shift_sms_runtime.services.send_once import SendOnce
from shift_sms_runtime.settings import ConnectCallbackSettings


@cache
def _callback() -> Callback:
    settings = ConnectCallbackSettings.from_env()
    flow = ContactFlow(
        settings.instance_id, settings.contact_flow_id, settings.queue_id, settings.source_phone_number
    )
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    return Callback(
        ConnectCallCentre(boto3.client("connect", config=clients.IDEMPOTENT), flow),
        DynamoCallLog(dynamodb, settings.inbox_table),
        SendOnce(
            answers_ledger(dynamodb, inbox=settings.inbox_table, progress=settings.progress_table), sms, now
        ),
        Languages(
            catalogues(settings.tongue.vocabulary),
            default=settings.tongue.default_language,
            agent_offered=True,
        ),
        now,
        calls_per_day=settings.calls_per_day,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, patience: InvocationPatience) -> None:
    request = CallbackRequest.from_json(record.body)
    outcome = _callback().handle(request, patience)
    logger().info("callback handled", inbound_message_id=request.message_id, outcome=outcome.value)
    count("Call", outcome)
