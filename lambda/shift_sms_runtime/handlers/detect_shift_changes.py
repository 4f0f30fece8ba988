"""Reads changes of the Shifts table, queues the shifts to reconcile and maintains the keys of the indexes."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handles every change of the batch."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, _deadline: LambdaDeadline) -> None:
    change = record.dynamodb
    before, after = (change.old_image, change.new_image) if change else (None, None)
    composition.detect_shift_changes().handle(before, after)
