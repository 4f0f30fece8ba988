"""Alarms are alike: they tell at once, say where and what it means, and stay quiet where nothing was measured."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def alarm_at(
    scope: Construct, construct_id: str, *, threshold: int, metric: cloudwatch.IMetric, meaning: str
) -> cloudwatch.Alarm:
    """Makes an alarm of the scope's that goes off when the metric reaches the threshold."""
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
