"""AWS authorises a schedule as one of its group; the embedded cloud as one of the group `default`, whatever its group.
The `local` environment says both: docs/decisions/0005."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from shift_sms.building_blocks.acknowledgments import acknowledge_wildcard
from shift_sms.building_blocks.shift_timers import SCHEDULE_ACTIONS


def grant_schedules(function: lambda_.IFunction) -> iam.Grant:
    """Lets the function set, change and clear schedules in the embedded cloud."""
    schedule_arns = Stack.of(function).format_arn(
        service="scheduler",
        resource="schedule",
        resource_name="default/*",
        arn_format=ArnFormat.SLASH_RESOURCE_NAME,
    )
    acknowledge_wildcard(function, schedule_arns, "the embedded cloud authorises on no group of ours")
    return iam.Grant.add_to_principal(
        grantee=function, actions=list(SCHEDULE_ACTIONS), resource_arns=[schedule_arns]
    )
