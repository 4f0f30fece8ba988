"""A topic that only AWS End User Messaging SMS may publish to."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct


def sms_voice_topic(scope: Construct, construct_id: str, *, source_arn: str) -> sns.Topic:
    """Makes a topic that the service may publish to.

    https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-iam-policy-auto.html
    https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-sns-creating-role.html

    Args:
        scope: The parent construct.
        construct_id: The id in the scope.
        source_arn: The resources of this account that the service may publish for; may have a wildcard.
    """
    topic = sns.Topic(scope, construct_id, enforce_ssl=True)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["sns:Publish"],
            principals=[iam.ServicePrincipal("sms-voice.amazonaws.com")],
            resources=[topic.topic_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": Stack.of(scope).account},
                "ArnLike": {"aws:SourceArn": source_arn},
            },
        )
    )
    return topic
