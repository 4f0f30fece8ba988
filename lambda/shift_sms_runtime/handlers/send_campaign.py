"""SQS event of campaign work items: each recipient is texted at most once."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
from shift_sms_runtime.aws.sqs import SqsDispatchQueue
from shift_sms_runtime.campaigns.sender import LONGEST_ATTEMPT, CampaignSender
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.environment import SendCampaign
from shift_sms_runtime.handlers.batch import LambdaDeadline, now, process
from shift_sms_runtime.messaging.send_once import SendOnce
from shift_sms_runtime.tables.campaign_counters import DynamoSendPermits
from shift_sms_runtime.tables.campaigns import DynamoCampaigns
from shift_sms_runtime.tables.deliveries import DynamoDeliveries, deliveries_ledger
from shift_sms_runtime.tables.employees import DynamoEmployees
from shift_sms_runtime.telemetry import count, logger


@cache
def _sending() -> CampaignSender:
    settings = SendCampaign.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(
        boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT),
        configuration_set=settings.configuration_set,
    )
    ledger = deliveries_ledger(
        dynamodb,
        deliveries=settings.deliveries_table,
        inbox=settings.inbox_table,
        progress=settings.progress_table,
    )
    return CampaignSender(
        deliveries=SendOnce(ledger, sms, now, longest_attempt=LONGEST_ATTEMPT),
        ledger=DynamoDeliveries(
            dynamodb, deliveries=settings.deliveries_table, progress=settings.progress_table
        ),
        dispatch=SqsDispatchQueue(
            boto3.client("sqs", config=clients.IDEMPOTENT), settings.dispatch_queue_url
        ),
        pace=DynamoSendPermits(dynamodb, settings.progress_table, settings.origination_identity),
        employees=DynamoEmployees(dynamodb, settings.employees_table),
        campaigns=DynamoCampaigns(dynamodb, settings.campaigns_table),
        origination_identity=settings.origination_identity,
        sends_per_second=settings.sends_per_second,
        clock=now,
        tally=lambda end, recipients: count("Delivery", end, recipients),
        stopped=lambda: count("Campaign", "stopped"),
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, patience: LambdaDeadline) -> None:
    item = WorkItem.from_json(record.body)
    _sending().handle(item, patience)
    logger().info("work item handled", campaign_id=item.campaign_id, recipients=len(item.recipients))
