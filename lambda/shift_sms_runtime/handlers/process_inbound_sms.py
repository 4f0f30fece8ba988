"""Handles inbound texts from the inbound queue: carries each out once and replies once."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.inbound.inbound_text import read_notification
from shift_sms_runtime.telemetry import count, logger


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handles every inbound text of the batch."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, deadline: LambdaDeadline) -> None:
    text = read_notification(record.body)
    outcome = composition.process_inbound_sms().handle(text, deadline)
    logger().info("text handled", inbound_message_id=text.message_id, outcome=outcome.value)
    count("Text", outcome)
