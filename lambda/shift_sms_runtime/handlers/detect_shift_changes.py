"""Reads changes of the Shifts table and queues the shifts that need to be reconciled."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Queues every shift of the batch that needs to be reconciled."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, _deadline: LambdaDeadline) -> None:
    change = record.dynamodb
    images = [image for image in (change.old_image, change.new_image) if image] if change else []
    composition.detect_shift_changes().handle(*images)
