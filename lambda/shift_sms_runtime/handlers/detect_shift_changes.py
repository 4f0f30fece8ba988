"""Reads changes of the Shifts table and queues the shifts to reconcile.

Also maintains the keys of the indexes.
"""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Handles every change of the batch."""
    return process(event, context, EventType.TABLE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    before, after = composition.read_image(record.old_image), composition.read_image(record.new_image)
    composition.detect_shift_changes().handle(before, after)
