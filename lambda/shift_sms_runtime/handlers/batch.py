"""Handles the records of an event one by one and reports the failed ones, so that Lambda delivers them again."""

import time
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.telemetry import count, error_type, log_failure, logger, metrics


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
            log_failure("record failed", error)
            count("Record", "failed")
            raise RecordFailed(error_type(error)) from None

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
