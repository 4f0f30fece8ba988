"""Invokes a function with the changes of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources

from shift_sms.building_blocks.dead_letter_queue import DeadLetterQueue, StreamDeadLetters
from shift_sms.building_blocks.runtime_function import RuntimeFunction


def invoke_on_changes(
    consumer: RuntimeFunction,
    *,
    table: dynamodb.ITableV2,
    dead_letters: DeadLetterQueue,
    pattern: Mapping[str, Any],
    or_patterns: Sequence[Mapping[str, Any]] = (),
    batch_size: int,
    max_batching_window: Duration | None = None,
) -> None:
    """Invokes a function with records of a table's stream.

    A record that fails is retried 10 times, or for 6 hours, and then sent to the dead-letter queue.

    Args:
        consumer: The function.
        table: A table with a stream.
        dead_letters: The queue for records that could not be handled.
        pattern: The event filter; `FilterRule` makes the rule of a field.
        or_patterns: Further filters, at most four. A record that matches one filter is enough.
        batch_size: Records per invocation, at most.
        max_batching_window: How long Lambda collects records before it invokes the function. By default 0.
    """
    consumer.invoked.add_event_source(
        event_sources.DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=batch_size,
            max_batching_window=max_batching_window,
            filters=[lambda_.FilterCriteria.filter(dict(one)) for one in (pattern, *or_patterns)],
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=10,
            max_record_age=Duration.hours(6),
            on_failure=StreamDeadLetters(dead_letters.queue),
        )
    )
