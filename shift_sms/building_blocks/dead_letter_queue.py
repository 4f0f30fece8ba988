"""A dead-letter queue with its alarms."""

import jsii
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from shift_sms.building_blocks.alarms import MAXIMUM, alarm_at, minutes

# The maximum of SQS. It counts from the time at which a message was first sent, so time in a work queue (at most four
# days) shortens the time here. The age metric counts from the arrival in this queue.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
_RETENTION_DAYS = 14
_EXPIRING_DAYS = 9


class DeadLetterQueue(Construct):
    """Keeps messages that could not be handled, for up to 14 days.

    Its alarms fire on the first message, and after 9 days, before SQS deletes one.

    Attributes:
        queue: The queue.
        alarms: Its alarms.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Makes the queue and its alarms.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
        """
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(_RETENTION_DAYS),
        )
        # An alarm notifies when its state changes. While it is in ALARM, more messages send no notification.
        self.alarms: tuple[cloudwatch.Alarm, ...] = (
            alarm_at(
                self,
                "NotEmpty",
                threshold=1,
                metric=self.queue.metric_approximate_number_of_messages_visible(
                    period=minutes(1), statistic=MAXIMUM
                ),
                meaning="messages could not be handled",
            ),
            alarm_at(
                self,
                "Expiring",
                threshold=_EXPIRING_DAYS * 24 * 60 * 60,
                metric=self.queue.metric_approximate_age_of_oldest_message(
                    period=minutes(5), statistic=MAXIMUM
                ),
                meaning=f"a message has waited for {_EXPIRING_DAYS} days, "
                f"and SQS keeps none for more than {_RETENTION_DAYS}",
            ),
        )


@jsii.implements(lambda_.IEventSourceDlq)
class StreamDeadLetters:
    """Sends the records that an event source gave up on to a queue.

    Grants `sqs:SendMessage` alone.
    """

    def __init__(self, queue: sqs.IQueue) -> None:
        self._queue = queue

    def bind(
        self, _target: lambda_.IEventSourceMapping, target_handler: lambda_.IFunction
    ) -> lambda_.DlqDestinationConfig:
        """Grants the function of the event source sending to the queue."""
        iam.Grant.add_to_principal(
            grantee=target_handler, actions=["sqs:SendMessage"], resource_arns=[self._queue.queue_arn]
        )
        return lambda_.DlqDestinationConfig(destination=self._queue.queue_arn)
