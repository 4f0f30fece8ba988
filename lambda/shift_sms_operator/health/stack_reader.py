"""Reads what the stack made: its status, its topics and its dead-letter queues."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shift_sms_operator.deployment import DeploymentQueue, OperatorSettings
from shift_sms_operator.health.facts import DeadLetters, Stack, Subscription, Topic

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_UNCONFIRMED = frozenset({"PendingConfirmation", "Deleted"})


class StackReader:
    """Reads the stack and its resources."""

    def __init__(
        self,
        cloudformation: "CloudFormationClient",
        sns: "SNSClient",
        sqs: "SQSClient",
        settings: OperatorSettings,
    ) -> None:
        self._cloudformation = cloudformation
        self._sns = sns
        self._sqs = sqs
        self._settings = settings

    def stack(self) -> Stack:
        """Reads the status of the last deployment."""
        name = self._settings.stack_name
        stack = self._settings.stack_id or name
        described = self._cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return Stack(name, described["StackStatus"], described.get("StackStatusReason", ""))

    def topic(self, arn: str) -> Topic:
        """Reads the policy of a topic."""
        try:
            attributes = self._sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        except self._sns.exceptions.NotFoundException:
            return Topic(arn=arn, exists=False)
        policy: dict[str, Any] = json.loads(attributes.get("Policy") or "{}")
        return Topic(arn=arn, policy=policy)

    def subscribers(self, arn: str) -> Topic:
        """Reads who subscribed to a topic."""
        try:
            pages = self._sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
            subscriptions = tuple(
                Subscription(one["Protocol"], one["SubscriptionArn"] not in _UNCONFIRMED)
                for page in pages
                for one in page["Subscriptions"]
            )
        except self._sns.exceptions.NotFoundException:
            return Topic(arn=arn, exists=False)
        return Topic(arn=arn, subscriptions=subscriptions)

    def dead_letters(self, queues: Iterable[DeploymentQueue]) -> list[DeadLetters]:
        """Reads how many messages each dead-letter queue keeps, also those that are being looked at."""
        return [DeadLetters(queue.name, self._messages(queue.dead_letters_url)) for queue in queues]

    def _messages(self, url: str) -> int:
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return sum(int(count) for count in attributes.values())
