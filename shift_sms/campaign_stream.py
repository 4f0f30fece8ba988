"""Putting an item starts a campaign; changing it later starts nothing, and one bad item holds up no other."""

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from shift_sms.acknowledgements import acknowledge
from shift_sms.dead_letter_queue import DeadLetterQueue, StreamFailures
from shift_sms.runtime_function import RuntimeFunction


class CampaignStream(Construct):
    """Brings new campaigns to a function, and those it cannot handle to a dead-letter queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        campaigns: dynamodb.ITableV2,
        launcher: RuntimeFunction,
        enforce_ssl: bool = True,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", enforce_ssl=enforce_ssl)
        acknowledge(self.dead_letters, "SQS3", "it is the dead-letter queue, of an event source")
        launcher.function.add_event_source(
            event_sources.DynamoEventSource(
                campaigns,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=10,
                filters=[lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT")})],
                bisect_batch_on_error=True,
                report_batch_item_failures=True,
                retry_attempts=10,
                max_record_age=Duration.hours(6),
                on_failure=StreamFailures(self.dead_letters.queue),
            )
        )
