"""Handles inbound texts from the inbound queue: carries each out once and replies once."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.handlers.snapshot import prepare
from shift_sms_runtime.inbound.inbound_text import read_notification
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Handles every inbound text of the batch, each in a thread of its own."""
    composition.process_inbound_sms()  # The threads share one service.
    return process(event, context, EventType.QUEUE, _handle, concurrent=True)


def _handle(record: Record, deadline: LambdaDeadline) -> None:
    text = read_notification(record.body)
    outcome = composition.process_inbound_sms().handle(text, deadline)
    logger().info("text handled", inbound_message_id=text.message_id, outcome=outcome.value)
    count("Text", outcome)


prepare(composition.process_inbound_sms)
