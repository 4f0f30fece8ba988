"""DynamoDB stream event of new campaign items: each is launched, or says on itself why not."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.pinpoint import Pinpoint
from shift_sms_runtime.aws.sqs import SqsPagesQueue
from shift_sms_runtime.campaigns.launcher import CampaignLauncher, EndUserMessagingEngine
from shift_sms_runtime.campaigns.pinpoint_engine import PinpointEngine
from shift_sms_runtime.environment import LaunchCampaign, PinpointEngineSettings
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.shifts.shift_item import ShiftReader
from shift_sms_runtime.tables.campaign_counters import DynamoLaunchPlans
from shift_sms_runtime.tables.campaigns import DynamoCampaigns
from shift_sms_runtime.tables.shifts import DynamoShifts
from shift_sms_runtime.telemetry import count, logger


@cache
def _launch() -> CampaignLauncher:
    settings = LaunchCampaign.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    board = DynamoCampaigns(dynamodb, settings.campaigns_table)
    if isinstance(settings.engine, PinpointEngineSettings):
        pinpoint = Pinpoint(
            boto3.client("pinpoint", config=clients.ONE_ATTEMPT),
            application_id=settings.engine.application_id,
            segment_id=settings.engine.segment_id,
        )
        retired = PinpointEngine(pinpoint, board, keep_typography=settings.engine.keep_typography)
        return CampaignLauncher(board, retired, default_segment=settings.engine.segment_id)
    engine = EndUserMessagingEngine(
        DynamoLaunchPlans(dynamodb, settings.engine.progress_table),
        SqsPagesQueue(boto3.client("sqs", config=clients.IDEMPOTENT), settings.engine.pages_queue_url),
        board,
        DynamoShifts(dynamodb, settings.engine.shifts_table, ShiftReader()),
        locale(settings.engine.tongue.vocabulary, settings.engine.tongue.default_language),
        agent_offered=settings.engine.agent_offered,
        keep_typography=settings.engine.keep_typography,
        clock=now,
    )
    return CampaignLauncher(board, engine, default_segment=settings.engine.default_segment)


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, _patience: LambdaDeadline) -> None:
    image = record.dynamodb.new_image if record.dynamodb else {}
    # The id of a stream's record is the same each time the record is delivered.
    status = _launch().handle(image, str(record.event_id))
    outcome = "skipped" if status is None else status.value
    logger().info("campaign handled", campaign_id=image["campaign_id"], outcome=outcome)
    count("Campaign", outcome)
