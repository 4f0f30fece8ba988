"""Launches each new item of the Campaigns table in Amazon Pinpoint, or writes on the item why it cannot."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Launches every new campaign of the batch."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, _deadline: LambdaDeadline) -> None:
    image = record.dynamodb.new_image if record.dynamodb else {}
    # A stream record keeps its event id when it is delivered again.
    status = composition.launch_pinpoint_campaign().handle(image, str(record.event_id))
    outcome = "skipped" if status is None else status.value
    logger().info("campaign handled", campaign_id=image["campaign_id"], outcome=outcome)
    count("Campaign", outcome)
