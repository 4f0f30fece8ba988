"""Plans pages of a segment: adds deliveries, and queues work items and the next page."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.campaigns.planner import PlanOutcome
from shift_sms_runtime.campaigns.work_items import Page
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Plans every page of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    page = Page.from_json(record.body)
    planned = composition.plan_campaign().handle(page)
    logger().info("page handled", campaign_id=page.campaign_id, outcome=planned.value)
    if planned is PlanOutcome.NO_MEMBERS:
        count("Campaign", "failed")
