"""Launches each new item of the Campaigns table, or writes on the item why it cannot.

Queues the campaigns whose status or item has changed otherwise, so that they are reconciled.
"""

from collections.abc import Mapping
from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.campaigns.campaign import CampaignStatus
from shift_sms_runtime.campaigns.reconciliation.campaign_request import CampaignRequest
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Handles every change of the batch."""
    return process(event, context, EventType.TABLE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    item = composition.read_image(record.new_image) or {}
    if not record.is_new_item and item.get("campaign_status") != CampaignStatus.REQUESTED:
        _reconcile(composition.read_image(record.key) or {})
        return
    # A stream record keeps its event id when it is delivered again.
    status = composition.launch_campaign().handle(item, record.event_id)
    outcome = "skipped" if status is None else status.value
    logger().info("campaign handled", campaign_id=item["campaign_id"], outcome=outcome)
    count("Campaign", outcome)
    if status is CampaignStatus.SCHEDULED:
        _reconcile(item)


def _reconcile(item: Mapping[str, Any]) -> None:
    composition.campaign_requests().put([CampaignRequest(str(item["campaign_id"]))])
