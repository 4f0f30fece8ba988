"""Records of one event, each on its own: what fails is delivered again, its neighbours are done.

What goes wrong is logged by type and place, never by message: messages quote phone numbers and texts.
"""

import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.telemetry import count, logger, metrics


class RecordFailed(Exception):
    """One record could not be handled; the message is the type of what went wrong."""


class LambdaDeadline:
    """How long this invocation may still wait."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    def remaining(self) -> float:
        """Seconds until Lambda stops the function."""
        return self._context.get_remaining_time_in_millis() / 1000

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


def now() -> datetime:
    """The clock of the functions."""
    return datetime.now(UTC)


def process(
    event: dict[str, Any],
    context: LambdaContext,
    event_type: EventType,
    handle: Callable[[Any, LambdaDeadline], None],
) -> PartialItemFailureResponse:
    """Handle every record of an SQS or stream event; report the failed ones to Lambda."""
    patience = LambdaDeadline(context)

    def guarded(record: Any) -> None:
        try:
            handle(record, patience)
        except TryAgainLater as later:
            logger().warning("record comes again", reason=str(later))
            count("Record", "delayed")
            raise RecordFailed("TryAgainLater") from None
        except Exception as error:  # noqa: BLE001 - reported to Lambda as failed, which delivers it again
            kind = _kind(error)
            logger().error("record failed", error=kind, at=_places(error))
            count("Record", "failed")
            raise RecordFailed(kind) from None

    # A queue reads which records failed; a stream may not, and must then see that nothing was done.
    processor = BatchProcessor(
        event_type, raise_on_entire_batch_failure=event_type is EventType.DynamoDBStreams
    )
    try:
        return process_partial_response(
            event=event, record_handler=guarded, processor=processor, context=context
        )
    finally:
        if metrics().metric_set:
            metrics().flush_metrics()


def _kind(error: Exception) -> str:
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    return type(error).__name__


def _places(error: Exception) -> list[str]:
    return [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if "shift_sms_runtime" in frame.filename
    ]
