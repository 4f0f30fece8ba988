"""SQS event of campaign work items: each recipient is texted at most once."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.adapters import clients
from shift_sms_runtime.adapters.end_user_messaging import EndUserMessaging
from shift_sms_runtime.adapters.send_ledger import deliveries_ledger
from shift_sms_runtime.domain.work_items import WorkItem
from shift_sms_runtime.handlers.records import InvocationPatience, count, logger, now, process
from shift_sms_runtime.services.campaign_sending import CampaignSending
from shift_sms_runtime.services.send_once import SendOnce
from shift_sms_runtime.settings import SendCampaignSettings


@cache
def _sending() -> CampaignSending:
    settings = SendCampaignSettings.from_env()
    dynamodb = boto3.client("dynamodb", config=clients.IDEMPOTENT)
    sms = EndUserMessaging(boto3.client("pinpoint-sms-voice-v2", config=clients.ONE_ATTEMPT))
    return CampaignSending(
        SendOnce(deliveries_ledger(dynamodb, settings.deliveries_table), sms, now),
        origination_identity=settings.origination_identity,
        sends_per_second=settings.sends_per_second,
        tally=lambda status: count("Delivery", status),
    )


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, patience: InvocationPatience) -> None:
    item = WorkItem.from_json(record.body)
    _sending().handle(item, patience)
    logger().info("work item sent", campaign_id=item.campaign_id, recipients=len(item.recipients))
