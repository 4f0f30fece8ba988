"""Reconciles the shifts that changed, and those whose timer fired."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Reconciles every shift of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, deadline: LambdaDeadline) -> None:
    request = ReconcileRequest.from_json(record.body)
    composition.reconcile_shift().reconcile(request.shift_id, deadline, request.lost_seats)
    logger().info("shift reconciled", shift_id=request.shift_id)
