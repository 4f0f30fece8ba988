"""Reconciles the campaigns that changed, and those whose timer fired."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Reconciles every campaign of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, deadline: LambdaDeadline) -> None:
    request = CampaignRequest.from_json(record.body)
    composition.reconcile_campaign().reconcile(request.campaign_id, deadline)
    logger().info("campaign reconciled", campaign_id=request.campaign_id)
