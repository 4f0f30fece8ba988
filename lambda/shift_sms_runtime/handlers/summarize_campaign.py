"""Stream event of counters that changed: the sum is written on each campaign's item."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.campaigns.summary import CampaignSummarizer
from shift_sms_runtime.environment import SummarizeCampaign
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.tables.campaign_counters import DynamoCampaignCounters
from shift_sms_runtime.tables.campaigns import DynamoCampaigns


@cache
def _progress() -> CampaignSummarizer:
    settings = SummarizeCampaign.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    return CampaignSummarizer(
        DynamoCampaignCounters(dynamodb, settings.progress_table),
        DynamoCampaigns(dynamodb, settings.campaigns_table),
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point. All records are older than the sums: one sum for each campaign covers them."""
    summed_up: set[str] = set()

    def handle(record: DynamoDBRecord, _patience: LambdaDeadline) -> None:
        campaign_id = str((record.dynamodb.keys if record.dynamodb else {})["campaign_id"])
        if campaign_id not in summed_up:
            _progress().handle(campaign_id)
            summed_up.add(campaign_id)

    return process(event, context, EventType.DynamoDBStreams, handle)
