"""Keeps the segment of managers as the Employees table has them."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Handles every change of the batch."""
    return process(event, context, EventType.TABLE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    before = composition.read_employee_image(record.old_image)
    after = composition.read_employee_image(record.new_image)
    composition.index_managers().handle(before, after)
