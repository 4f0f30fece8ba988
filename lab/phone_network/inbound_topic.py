"""The account's two-way channel: the SNS topic that inbound texts are published to."""

import json
from typing import TYPE_CHECKING

from lab.phone_network.handsets import InboundPayload, Publish

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


def publish_to_topic(sns: "SNSClient", topic_arn: str) -> Publish:
    """Make the function that publishes inbound texts to `topic_arn`."""

    def publish(payload: InboundPayload) -> None:
        sns.publish(TopicArn=topic_arn, Message=json.dumps(payload))

    return publish
