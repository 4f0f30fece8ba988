"""Handles the records of an event one by one and reports the failed ones, so that Lambda delivers them again.

Errors are logged by type and place, never by message: messages quote phone numbers and texts.
"""

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.telemetry import count, logger, metrics

_RUNTIME = Path(__file__).parents[1]


class RecordFailed(Exception):
    """A record could not be handled. The message is the type of the error."""


class LambdaDeadline:
    """The deadline of one invocation. Implements `InvocationDeadline`."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    def remaining(self) -> float:
        """Returns the seconds until Lambda stops the function."""
        return self._context.get_remaining_time_in_millis() / 1000

    def wait(self, seconds: float) -> None:
        """Sleeps."""
        time.sleep(seconds)


def process(
    event: dict[str, Any],
    context: LambdaContext,
    event_type: EventType,
    handle: Callable[[Any, LambdaDeadline], None],
) -> PartialItemFailureResponse:
    """Handles every record of an SQS or stream event and returns the failed ones.

    Raises:
        BatchProcessingError: every record of a stream event failed.
    """
    deadline = LambdaDeadline(context)

    def handle_safely(record: Any) -> None:
        try:
            handle(record, deadline)
        except TryAgainLater as error:
            logger().warning("record delayed", reason=str(error))
            count("Record", "delayed")
            raise RecordFailed("TryAgainLater") from None
        except Exception as error:  # noqa: BLE001 - Lambda delivers the failed record again
            error_type = _error_type(error)
            logger().error("record failed", error=error_type, at=_frames(error))
            count("Record", "failed")
            raise RecordFailed(error_type) from None

    # A stream whose records all failed is retried only if the invocation fails.
    processor = BatchProcessor(
        event_type, raise_on_entire_batch_failure=event_type is EventType.DynamoDBStreams
    )
    try:
        return process_partial_response(
            event=event, record_handler=handle_safely, processor=processor, context=context
        )
    finally:
        if metrics().metric_set:
            metrics().flush_metrics()


def _error_type(error: Exception) -> str:
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return type(error).__name__


def _frames(error: Exception) -> list[str]:
    """Returns `inbound/processor.py:88` for each frame of the runtime: file names repeat between packages."""
    return [
        f"{Path(frame.filename).relative_to(_RUNTIME)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_RUNTIME)
    ]
