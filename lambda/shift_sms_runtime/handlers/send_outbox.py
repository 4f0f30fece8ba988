"""Runs a worker that sends the texts of the outbox."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.outbox.outbox_text import OutboxTurn
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Runs the worker of every turn of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, deadline: LambdaDeadline) -> None:
    turn = OutboxTurn.from_json(record.body)
    composition.send_outbox().drain(turn, deadline)
    logger().info("outbox worker ended", worker=turn.worker)
