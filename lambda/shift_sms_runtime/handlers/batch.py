"""Handles the records of an event and reports the failed ones.

Lambda delivers the failed records again.

Records are handled one after the other. `concurrent` handles each in a thread of its own, so that a slow record does
not delay the others.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from shift_sms_runtime.handlers.events import BatchResponse, EventType, LambdaContext, Record
from shift_sms_runtime.messaging.send_once import TryAgainLater
from shift_sms_runtime.telemetry import count, log_failure, logger, metrics

T = TypeVar("T")


class WholeBatchFailed(Exception):
    """Every record of a stream event failed. The message is the number of records."""


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
    handle: Callable[[Record, LambdaDeadline], None],
    *,
    concurrent: bool = False,
) -> BatchResponse:
    """Handles every record of an event and returns the failed ones.

    Args:
        event: The event.
        context: The context of the invocation.
        event_type: The source of the event.
        handle: Handles one record. With `concurrent`, several threads call it at the same time.
        concurrent: Whether `run_concurrently` handles the records.

    Raises:
        WholeBatchFailed: every record of a stream event failed.
    """
    deadline = LambdaDeadline(context)

    def succeeds(record: Record) -> bool:
        try:
            handle(record, deadline)
        except TryAgainLater as error:
            logger().warning("record delayed", reason=str(error))
            count("Record", "delayed")
        except Exception as error:  # noqa: BLE001 - Lambda delivers the failed record again
            log_failure("record failed", error)
            count("Record", "failed")
        else:
            return True
        return False

    records = [Record(event_type, raw) for raw in event["Records"]]
    run: Callable[[Callable[[Record], bool], Sequence[Record]], Iterable[bool]] = (
        run_concurrently if concurrent else map
    )
    try:
        succeeded = list(run(succeeds, records))
    finally:
        _flush_metrics()
    return _response(event_type, records, succeeded)


def process_together(
    event: dict[str, Any],
    context: LambdaContext,
    event_type: EventType,
    *,
    prepare: Callable[[Record], T],
    handle: Callable[[Sequence[T], LambdaDeadline], Sequence[bool]],
) -> BatchResponse:
    """Prepares every record of an event on its own, handles the prepared ones in one call, and returns the failed ones.

    Args:
        event: The event.
        context: The context of the invocation.
        event_type: The source of the event.
        prepare: Returns what to handle of a record. A record that it fails for does not keep others from being handled.
        handle: Handles what was prepared. Returns for each whether it succeeded.

    Raises:
        WholeBatchFailed: every record of a stream event failed.
    """
    records = [Record(event_type, raw) for raw in event["Records"]]
    prepared: dict[int, T] = {}
    for number, record in enumerate(records):
        try:
            prepared[number] = prepare(record)
        except Exception as error:  # noqa: BLE001 - Lambda delivers the failed record again
            log_failure("record failed", error)
            count("Record", "failed")
    try:
        outcomes = dict(zip(prepared, handle(list(prepared.values()), LambdaDeadline(context)), strict=True))
    finally:
        _flush_metrics()
    return _response(event_type, records, [outcomes.get(number, False) for number in range(len(records))])


def _flush_metrics() -> None:
    if metrics().metric_set:
        metrics().flush_metrics()


def _response(event_type: EventType, records: Sequence[Record], succeeded: Sequence[bool]) -> BatchResponse:
    if event_type is EventType.TABLE and not any(succeeded):
        # A stream whose records all failed is retried only if the invocation fails.
        raise WholeBatchFailed(len(records))
    failed = [record for record, success in zip(records, succeeded, strict=True) if not success]
    return {"batchItemFailures": [{"itemIdentifier": record.identifier} for record in failed]}


def run_concurrently(function: Callable[[Record], bool], records: Sequence[Record]) -> list[bool]:
    """Calls a function for every record in threads, and returns the results in order."""
    if len(records) == 1:
        return [function(records[0])]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a cold start often has one record

    with ThreadPoolExecutor(max_workers=len(records)) as executor:
        return list(executor.map(function, records))
