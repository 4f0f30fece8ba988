"""Queues the reply that an operator wrote on an item of the OperatorInbox table, once."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.operator_inbox.inbox_item import read_operator_reply
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Queues every reply of the batch."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, _deadline: LambdaDeadline) -> None:
    reply = read_operator_reply(record.dynamodb.new_image if record.dynamodb else {})
    if reply is not None:
        status = composition.send_operator_reply().handle(reply)
        logger().info(
            "operator reply handled",
            inbound_message_id=reply.message_id,
            delivery_status=status.value if status else "too long",
        )
