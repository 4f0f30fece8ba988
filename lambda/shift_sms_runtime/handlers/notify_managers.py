"""Tells managers of texts that arrived in the operator inbox."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.operator_inbox.inbox_notices import read_new_text
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Handles every new item of the batch."""
    return process(event, context, EventType.TABLE, _handle)


def _handle(record: Record, deadline: LambdaDeadline) -> None:
    text = read_new_text(composition.read_image(record.new_image) or {})
    if text is not None:
        told = composition.notify_managers().handle(text, deadline)
        logger().info("text in the operator inbox handled", managers_told=told)
