"""Runs a worker that sends the texts of the outbox."""

from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime import composition
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.outbox.outbox_text import OutboxTurn
from shift_sms_runtime.telemetry import logger


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Runs the worker of every turn of the batch."""
    return process(event, context, EventType.SQS, _handle)


def _handle(record: SQSRecord, deadline: LambdaDeadline) -> None:
    turn = OutboxTurn.from_json(record.body)
    composition.send_outbox().drain(turn, deadline)
    logger().info("outbox worker ended", worker=turn.worker)
