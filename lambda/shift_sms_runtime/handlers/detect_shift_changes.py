"""DynamoDB stream event of shifts that have changed: those that need it are handed on to be looked after."""

from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.aws import clients
from shift_sms_runtime.aws.sqs import SqsShiftCalls
from shift_sms_runtime.environment import DetectShiftChanges
from shift_sms_runtime.handlers.batch import LambdaDeadline, process
from shift_sms_runtime.language.locale_files import lexicons
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
from shift_sms_runtime.shifts.shift_item import ShiftReader


@cache
def _follower() -> tuple[ShiftReader, SqsShiftCalls]:
    settings = DetectShiftChanges.from_env()
    calls = SqsShiftCalls(boto3.client("sqs", config=clients.IDEMPOTENT), settings.shift_calls_queue_url)
    return ShiftReader(settings.zone, lexicons(settings.vocabulary)), calls


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point."""
    return process(event, context, EventType.DynamoDBStreams, _handle)


def _handle(record: DynamoDBRecord, _patience: LambdaDeadline) -> None:
    reader, calls = _follower()
    change = record.dynamodb
    images = [image for image in (change.old_image, change.new_image) if image] if change else []
    shifts = [reader.read(image) for image in images]
    # A shift as in the post asks for nothing, however often it is booked; other seats than before may be free.
    if any(shift.needs_reconciling for shift in shifts) or len({shift.seats for shift in shifts}) > 1:
        calls.put(ReconcileRequest(shifts[-1].shift_id))
