"""Makes alarms with one set of defaults, and the SNS topic that they notify."""

from collections.abc import Iterable
from functools import cache

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from shift_sms.building_blocks.validators import EMAIL, validate

# As `cloudwatch.Stats`, each access to which is a call to jsii.
MAXIMUM, SUM = "Maximum", "Sum"


@cache
def minutes(amount: int) -> Duration:
    """Returns the period of a metric; the same object for all metrics."""
    return Duration.minutes(amount)


def alarm_at(
    scope: Construct, construct_id: str, *, threshold: int, metric: cloudwatch.IMetric, meaning: str
) -> cloudwatch.Alarm:
    """Makes an alarm that fires on the first datapoint at the threshold.

    Missing data does not breach.

    Args:
        scope: The parent construct. Its path begins the description of the alarm.
        construct_id: The id in the scope.
        threshold: The lowest value at which the alarm fires.
        metric: The metric, with its period and statistic.
        meaning: What has happened when the alarm fires.
    """
    return cloudwatch.Alarm(
        scope,
        construct_id,
        alarm_description=f"{scope.node.path}: {meaning}",
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


class AlarmTopic(Construct):
    """A topic that alarms notify.

    Attributes:
        topic: The topic. More endpoints can subscribe to it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: Iterable[cloudwatch.Alarm],
        email: str | None = None,
    ) -> None:
        """Makes the topic and adds it to the actions of the alarms.

        Args:
            scope: The parent construct.
            construct_id: The id in the scope.
            alarms: The alarms of this account that notify the topic.
            email: An address to subscribe. SNS sends it a confirmation first. By default none.
        """
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", enforce_ssl=True)
        stack = Stack.of(self)
        alarm_arns = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        # The default policy of a topic allows the alarms of its account. A policy of its own replaces it.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": alarm_arns},
                },
            )
        )
        if email is not None:
            self.topic.add_subscription(subscriptions.EmailSubscription(validate("email", email, EMAIL)))
        action = actions.SnsAction(self.topic)
        for alarm in alarms:
            alarm.add_alarm_action(action)
