"""DynamoDB stream event of new campaign items: each is launched, or says on itself why not."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.campaign_board import DynamoCampaignBoard
from shift_sms_runtime.adapters.pinpoint_campaigns import Pinpoint
from shift_sms_runtime.adapters.queues import SqsDispatchQueue
from shift_sms_runtime.adapters.roster import DynamoRoster
from shift_sms_runtime.adapters.send_ledger import DynamoDeliveryLedger
from shift_sms_runtime.handlers.records import InvocationPatience, count, logger, now, process
from shift_sms_runtime.services.launch import CampaignLaunch
from shift_sms_runtime.services.pinpoint_engine import PinpointEngine
from shift_sms_runtime.services.roster_engine import RosterEngine
from shift_sms_runtime.settings import LaunchCampaignSettings, PinpointEngineSettings


@cache
def _launch() -> CampaignLaunch:
    settings = LaunchCampaignSettings.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    board = DynamoCampaignBoard(dynamodb, settings.campaigns_table)
    if isinstance(settings.engine, PinpointEngineSettings):
        pinpoint = Pinpoint(
            boto3.client("pinpoint", config=clients.ONE_ATTEMPT),
            application_id=settings.engine.application_id,
            segment_id=settings.engine.segment_id,
        )
        return CampaignLaunch(
            board, PinpointEngine(pinpoint, board), default_segment=settings.engine.segment_id
        )
    engine = RosterEngine(
        DynamoRoster(dynamodb, settings.engine.segment_members_table),
        DynamoDeliveryLedger(dynamodb, settings.engine.deliveries_table),
        SqsDispatchQueue(boto3.client("sqs", config=clients.IDEMPOTENT), settings.engine.dispatch_queue_url),
        agent_offered=settings.engine.agent_offered,
        clock=now,
    )
    return CampaignLaunch(board, engine, default_segment=settings.engine.default_segment)


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, _patience: InvocationPatience) -> None:
    image = record.dynamodb.new_image if record.dynamodb else {}
    status = _launch().handle(image)
    outcome = "skipped" if status is None else status.value
    logger().info("campaign handled", campaign_id=image["campaign_id"], outcome=outcome)
    count("Campaign", outcome)
