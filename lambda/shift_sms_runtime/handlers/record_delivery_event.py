"""Records delivery events in the Deliveries table."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.delivery_events.delivery_event import read_delivery_event
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Records every delivery event of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    delivery_event = read_delivery_event(record.body)
    outcome = composition.record_delivery_event().handle(delivery_event)
    if delivery_event is not None:
        logger().info("event handled", sms_message_id=delivery_event.sms_message_id, outcome=outcome.value)
    count("Event", outcome)
