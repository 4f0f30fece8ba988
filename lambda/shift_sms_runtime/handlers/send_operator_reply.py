"""Queues the reply that an operator wrote on an item of the OperatorInbox table, once."""

from typing import Any

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.operator_inbox.inbox_item import read_operator_reply
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> BatchResponse:
    """Queues every reply of the batch."""
    return process(event, context, EventType.TABLE, _handle)


def _handle(record: Record, _deadline: LambdaDeadline) -> None:
    reply = read_operator_reply(composition.read_image(record.new_image) or {})
    if reply is not None:
        status = composition.send_operator_reply().handle(reply)
        logger().info(
            "operator reply handled",
            inbound_message_id=reply.message_id,
            delivery_status=status.value if status else "too long",
        )
