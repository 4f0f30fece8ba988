"""Sends the texts of campaign work items, each recipient at most once."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.campaigns.work_items import WorkItem
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Sends every work item of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, deadline: LambdaDeadline) -> None:
    item = WorkItem.from_json(record.body)
    composition.send_campaign().handle(item, deadline, delivered_before=record.delivered_before)
    logger().info("work item handled", campaign_id=item.campaign_id, recipients=len(item.recipients))
