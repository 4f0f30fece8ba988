"""SQS event of pages of segments: each becomes ledger rows and work items, and puts the next page."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.sqs import SqsQueue
from shift_sms_runtime.campaigns.planner import CampaignPlanner, Planned
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.environment import PlanCampaign
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.tables.campaign_counters import DynamoCampaignCounters, DynamoLaunchPlans
from shift_sms_runtime.tables.campaigns import DynamoCampaigns
from shift_sms_runtime.tables.deliveries import DynamoDeliveries
from shift_sms_runtime.tables.segment_members import DynamoSegmentMembers
from shift_sms_runtime.telemetry import count, logger


@cache
def _planning() -> CampaignPlanner:
    settings = PlanCampaign.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sqs = boto3.client("sqs", config=clients.IDEMPOTENT)
    board = DynamoCampaigns(dynamodb, settings.campaigns_table)
    return CampaignPlanner(
        roster=DynamoSegmentMembers(dynamodb, settings.segment_members_table),
        ledger=DynamoDeliveries(
            dynamodb, deliveries=settings.deliveries_table, progress=settings.progress_table
        ),
        plans=DynamoLaunchPlans(dynamodb, settings.progress_table),
        pages=SqsQueue[Page](sqs, settings.pages_queue_url),
        dispatch=SqsQueue[WorkItem](sqs, settings.dispatch_queue_url),
        board=board,
        halts=board,
        counters=DynamoCampaignCounters(dynamodb, settings.progress_table),
        recipients_per_item=settings.recipients_per_item,
        most_waiting=settings.most_waiting,
        clock=now,
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, _patience: LambdaDeadline) -> None:
    page = Page.from_json(record.body)
    planned = _planning().handle(page)
    logger().info("page handled", campaign_id=page.campaign_id, outcome=planned.value)
    if planned is Planned.NOBODY:
        count("Campaign", "failed")
