"""Writes the sums of changed counters on the items of their campaigns."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Summarizes every campaign of the batch once: its sum covers all records of the batch."""
    summarized: set[str] = set()

    def handle(record: Record, _deadline: LambdaDeadline) -> None:
        summarizer = composition.summarize_campaign()
        campaign_id = summarizer.campaign_id(composition.read_image(record.key) or {})
        if campaign_id not in summarized:
            summarizer.handle(campaign_id)
            summarized.add(campaign_id)

    return process(event, context, EventType.TABLE, handle)
