"""Writes the sums of changed counters on the items of their campaigns."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Summarizes every campaign of the batch once: its sum covers all records of the batch."""
    summarized: set[str] = set()

    def handle(record: DynamoDBRecord, _deadline: LambdaDeadline) -> None:
        summarizer = composition.summarize_campaign()
        campaign_id = summarizer.campaign_id(record.dynamodb.keys if record.dynamodb else {})
        if campaign_id not in summarized:
            summarizer.handle(campaign_id)
            summarized.add(campaign_id)

    return process(event, context, EventType.DynamoDBStreams, handle)
