"""The account's SNS topics: the two-way channel that inbound texts are published to, and the one of delivery events."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.phone_network.delivery.delivery_events import DeliveryEvent, PublishEvents
from lab.phone_network.phones.handsets import InboundPayload, Publish

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_MAX_BATCH_SIZE = 10


def publish_to_topic(sns: "SNSClient", topic_arn: str) -> Publish:
    """Make the function that publishes inbound texts to `topic_arn`."""

    def publish(payload: InboundPayload) -> None:
        sns.publish(TopicArn=topic_arn, Message=json.dumps(payload))

    return publish


def publish_events_to_topic(sns: "SNSClient", topic_arn: str) -> PublishEvents:
    """Make the function that publishes delivery events to `topic_arn`, one notification for each.

    It raises RuntimeError when the topic did not take one.
    """

    def publish(events: Sequence[DeliveryEvent]) -> None:
        for start in range(0, len(events), _MAX_BATCH_SIZE):
            answer = sns.publish_batch(
                TopicArn=topic_arn,
                PublishBatchRequestEntries=[
                    {"Id": str(number), "Message": json.dumps(event)}
                    for number, event in enumerate(events[start : start + _MAX_BATCH_SIZE])
                ],
            )
            if answer.get("Failed"):
                raise RuntimeError(f"the topic did not take {answer['Failed']}")

    return publish
