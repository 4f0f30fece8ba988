"""Invokes a function with a table's stream records; failed records go to a dead-letter queue."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from shift_sms.building_blocks.acknowledgments import acknowledge
from shift_sms.building_blocks.dead_letter_queue import DeadLetterQueue, StreamFailures
from shift_sms.building_blocks.runtime_function import RuntimeFunction


class TableStream(Construct):
    """Brings changes to a function, and those it cannot handle to a dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: dynamodb.ITableV2,
        follower: RuntimeFunction,
        only: Mapping[str, Any],
        batch_size: int,
        max_batching_window: Duration | None = None,
    ) -> None:
        """`only` is the pattern of records that the follower gets; `FilterRule` makes the rule of a field."""
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters")
        acknowledge(self.dead_letters, "SQS3", "it is the dead-letter queue, of an event source")
        follower.function.add_event_source(
            event_sources.DynamoEventSource(
                table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=batch_size,
                max_batching_window=max_batching_window,
                filters=[lambda_.FilterCriteria.filter(dict(only))],
                bisect_batch_on_error=True,
                report_batch_item_failures=True,
                retry_attempts=10,
                max_record_age=Duration.hours(6),
                on_failure=StreamFailures(self.dead_letters.queue),
            )
        )


class CampaignStream(TableStream):
    """Brings new campaigns to a function, and those it cannot handle to a dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        campaigns: dynamodb.ITableV2,
        launcher: RuntimeFunction,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            table=campaigns,
            follower=launcher,
            only={"eventName": lambda_.FilterRule.is_equal("INSERT")},
            batch_size=10,
        )
