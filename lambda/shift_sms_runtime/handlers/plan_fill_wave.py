"""Plans the waves of the shifts that changed, and of those whose timer fired."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.shifts.reconcile_request import FillRequest
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Plans every shift of the batch."""
    return process(event, context, EventType.QUEUE, _handle)


def _handle(record: Record, deadline: LambdaDeadline) -> None:
    request = FillRequest.from_json(record.body)
    outcome = composition.plan_fill_wave().plan(request.shift_id, deadline)
    logger().info("fill plan handled", shift_id=request.shift_id, outcome=outcome.value)
    count("FillPlan", outcome)
