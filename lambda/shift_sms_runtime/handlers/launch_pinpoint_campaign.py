"""Launches each new item of the Campaigns table in Amazon Pinpoint.

If a campaign cannot be launched, writes the reason on its item.
"""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Launches every new campaign of the batch."""
    return process(event, context, EventType.TABLE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    item = composition.read_image(record.new_image) or {}
    # A stream record keeps its event id when it is delivered again.
    status = composition.launch_pinpoint_campaign().handle(item, record.event_id)
    outcome = "skipped" if status is None else status.value
    logger().info("campaign handled", campaign_id=item["campaign_id"], outcome=outcome)
    count("Campaign", outcome)
