"""A queue of work for one function."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.alarms import MAXIMUM, alarm_at, minutes
from shift_sms.building_blocks.dead_letter_queue import DeadLetterQueue
from shift_sms.building_blocks.runtime_function import RuntimeFunction, configure, grant

# Throttling counts as a receive, too. Eight receives outlast a minute of throttling.
_MAX_RECEIVE_COUNT = 8
# SQS deletes an expired message without moving it to the dead-letter queue.
_RETENTION_DAYS = 4
_EXPIRING_DAYS = 3


class WorkQueue(Construct):
    """A queue with a dead-letter queue, for one consumer.

    Its alarms fire when a message reaches the dead-letter queue, and before SQS deletes a message of either queue.

    Attributes:
        queue: The queue.
        dead_letters: The dead-letter queue.
        alarms: The alarms of both.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        timeout: Duration,
        visibility_timeout: Duration | None = None,
    ) -> None:
        """Makes the queues and alarms.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            timeout: The timeout of the consumer.
            visibility_timeout: How long a message stays invisible after it was received, at least `timeout`. By default
                six times as long.
        """
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters")
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(_RETENTION_DAYS),
            # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            visibility_timeout=visibility_timeout or Duration.seconds(6 * timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters.queue, max_receive_count=_MAX_RECEIVE_COUNT
            ),
        )
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            *self.dead_letters.alarms,
            alarm_at(
                self,
                "Expiring",
                threshold=_EXPIRING_DAYS * 24 * 60 * 60,
                metric=self.queue.metric_approximate_age_of_oldest_message(
                    period=minutes(5), statistic=MAXIMUM
                ),
                meaning=f"a message has waited for {_EXPIRING_DAYS} days to be handled, "
                f"and is deleted after {_RETENTION_DAYS}",
            ),
        )

    def add_consumer(self, consumer: RuntimeFunction, *, batch_size: int, max_concurrency: int) -> None:
        """Invokes the consumer with messages of the queue.

        SQS delivers those again that it reports as failed.

        Args:
            consumer: The function that handles the messages.
            batch_size: Messages per invocation, at most.
            max_concurrency: Concurrent invocations, at least 2.
        """
        consumer.invoked.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=batch_size,
                max_concurrency=max_concurrency,
                report_batch_item_failures=True,
            )
        )

    def grant_send(self, grantee: iam.IGrantable, *, url_variable: str | None = None) -> iam.Grant:
        """Grants sending messages to the queue. See `grant_send`."""
        return grant_send(self.queue, grantee, url_variable=url_variable)


def grant_send(queue: sqs.IQueue, grantee: iam.IGrantable, *, url_variable: str | None = None) -> iam.Grant:
    """Grants sending messages to a queue, and the use of its key.

    Unlike `IQueue.grant_send_messages`, omits `sqs:GetQueueAttributes`.

    Args:
        queue: The queue.
        grantee: The principal that sends.
        url_variable: The field that a function of the runtime reads the URL of the queue into.
    """
    if url_variable is not None:
        configure(grantee, **{url_variable: queue.queue_url})
    sending = grant(grantee, actions=["sqs:SendMessage"], resource_arns=[queue.queue_arn])
    key = queue.encryption_master_key
    if key is None:
        return sending
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    return sending.combine(key.grant(grantee, "kms:Decrypt", "kms:GenerateDataKey"))
