"""SQS event of delivery events: each settles the ledger row of its text."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.deliveries import DynamoReceiptLedger
from shift_sms_runtime.domain.receipts import read_receipt
from shift_sms_runtime.handlers.records import InvocationPatience, count, logger, now, process
from shift_sms_runtime.services.receipts import Receipts
from shift_sms_runtime.settings import DeliveryEventsSettings


@cache
def _receipts() -> Receipts:
    settings = DeliveryEventsSettings.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    return Receipts(
        DynamoReceiptLedger(dynamodb, deliveries=settings.deliveries_table, progress=settings.progress_table),
        now,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, _patience: InvocationPatience) -> None:
    receipt = read_receipt(record.body)
    outcome = _receipts().handle(receipt)
    if receipt is not None:
        logger().info("event handled", sms_message_id=receipt.message_id, outcome=outcome.value)
    count("Event", outcome)
