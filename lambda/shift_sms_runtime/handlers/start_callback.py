"""Starts one call through Amazon Connect for each request, and queues its confirmation."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Handles every callback request of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    request = CallbackRequest.from_json(record.body)
    outcome = composition.start_callback().handle(request)
    logger().info("callback handled", inbound_message_id=request.message_id, outcome=outcome.value)
    count("Call", outcome)
