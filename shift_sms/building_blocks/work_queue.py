"""Work waits in a queue, so that a slow or failing API behind it loses nothing."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.alarms import alarm_at
from shift_sms.building_blocks.dead_letter_queue import DeadLetterQueue
from shift_sms.building_blocks.runtime_function import RuntimeFunction

# Messages of a throttled consumer come back too; this many receives outlast a minute's congestion.
_MAX_RECEIVE_COUNT = 8
# SQS deletes what nobody received in time; that is no failure, so it is not moved to the dead letters.
_RETENTION_DAYS = 4
_EXPIRING_DAYS = 3


class WorkQueue(Construct):
    """A queue with its dead-letter queue, for one consumer, and alarms on what either is about to lose."""

    def __init__(self, scope: Construct, construct_id: str, *, timeout: Duration) -> None:
        """`timeout` is the consumer's."""
        super().__init__(scope, construct_id)
        self.dead_letters = DeadLetterQueue(self, "DeadLetters")
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(_RETENTION_DAYS),
            # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            visibility_timeout=Duration.seconds(6 * timeout.to_seconds()),
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
                    period=Duration.minutes(5), statistic=cloudwatch.Stats.MAXIMUM
                ),
                meaning=f"a message has waited for {_EXPIRING_DAYS} days to be handled, "
                f"and is deleted after {_RETENTION_DAYS}",
            ),
        )

    def feed(self, consumer: RuntimeFunction, *, batch_size: int, max_concurrency: int) -> None:
        """Invokes the consumer, which answers with the messages it could not handle."""
        consumer.function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=batch_size,
                max_concurrency=max_concurrency,
                report_batch_item_failures=True,
            )
        )


def grant_send(queue: sqs.IQueue, grantee: iam.IGrantable) -> iam.Grant:
    """Lets the grantee put messages into the queue, without the CDK's leave to read its attributes."""
    sent = iam.Grant.add_to_principal(
        grantee=grantee, actions=["sqs:SendMessage"], resource_arns=[queue.queue_arn]
    )
    key = queue.encryption_master_key
    if key is None:
        return sent
    # What a producer needs: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    return sent.combine(key.grant(grantee, "kms:Decrypt", "kms:GenerateDataKey"))
