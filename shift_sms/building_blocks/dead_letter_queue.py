"""What cannot be handled is kept, and somebody is told: a queue nobody watches loses in silence."""

import jsii
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.alarms import alarm_at

# The longest that SQS offers. The age that CloudWatch is told begins in this queue, the fourteen days with the message:
# one that waited in a work queue before (four days at most) is deleted as much sooner.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
_RETENTION_DAYS = 14
_EXPIRING_DAYS = 9


class DeadLetterQueue(Construct):
    """A queue that keeps messages for as long as SQS can, alarms on the first, and again before the oldest is lost."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(_RETENTION_DAYS),
        )
        # An alarm tells when its state changes: while the first message waits, further ones tell nobody.
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            alarm_at(
                self,
                "NotEmpty",
                threshold=1,
                metric=self.queue.metric_approximate_number_of_messages_visible(
                    period=Duration.minutes(1), statistic=cloudwatch.Stats.MAXIMUM
                ),
                meaning="messages that could not be handled wait for a person",
            ),
            alarm_at(
                self,
                "Expiring",
                threshold=_EXPIRING_DAYS * 24 * 60 * 60,
                metric=self.queue.metric_approximate_age_of_oldest_message(
                    period=Duration.minutes(5), statistic=cloudwatch.Stats.MAXIMUM
                ),
                meaning=f"a message has waited for {_EXPIRING_DAYS} days, "
                f"and SQS keeps none for more than {_RETENTION_DAYS}",
            ),
        )


@jsii.implements(lambda_.IEventSourceDlq)
class StreamFailures:
    """Where an event source puts records it gave up on, with no more permission than that takes."""

    def __init__(self, queue: sqs.IQueue) -> None:
        self._queue = queue

    def bind(
        self, _target: lambda_.IEventSourceMapping, target_handler: lambda_.IFunction
    ) -> lambda_.DlqDestinationConfig:
        """Lets the function's event source send to the queue."""
        iam.Grant.add_to_principal(
            grantee=target_handler, actions=["sqs:SendMessage"], resource_arns=[self._queue.queue_arn]
        )
        return lambda_.DlqDestinationConfig(destination=self._queue.queue_arn)
