"""SQS event of delivery events: each settles the ledger row of its text."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.delivery_events.delivery_event import read_delivery_event
from shift_sms_runtime.delivery_events.event_recorder import DeliveryEventRecorder
from shift_sms_runtime.environment import RecordDeliveryEvent
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.tables.deliveries import DynamoDeliveryEventLedger
from shift_sms_runtime.telemetry import count, logger


@cache
def _receipts() -> DeliveryEventRecorder:
    settings = RecordDeliveryEvent.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    return DeliveryEventRecorder(
        DynamoDeliveryEventLedger(
            dynamodb, deliveries=settings.deliveries_table, progress=settings.progress_table
        ),
        now,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, _patience: LambdaDeadline) -> None:
    receipt = read_delivery_event(record.body)
    outcome = _receipts().handle(receipt)
    if receipt is not None:
        logger().info("event handled", sms_message_id=receipt.message_id, outcome=outcome.value)
    count("Event", outcome)
