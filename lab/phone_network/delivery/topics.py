"""Publishes inbound texts and delivery events to SNS topics."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.phone_network.delivery.delivery_events import DeliveryEvent, PublishEvents
from lab.phone_network.phones.handsets import InboundPayload, Publish

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_MAX_BATCH_SIZE = 10


def publish_to_topic(sns: "SNSClient", topic_arn: str) -> Publish:
    """Returns a function that publishes inbound texts to `topic_arn`."""

    def publish(payload: InboundPayload) -> None:
        sns.publish(TopicArn=topic_arn, Message=json.dumps(payload))

    return publish


def publish_events_to_topic(sns: "SNSClient", topic_arn: str) -> PublishEvents:
    """Returns a function that publishes delivery events to `topic_arn`, one notification each.

    The function raises RuntimeError if the topic rejects an event.
    """

    def publish(events: Sequence[DeliveryEvent]) -> None:
        for start in range(0, len(events), _MAX_BATCH_SIZE):
            response = sns.publish_batch(
                TopicArn=topic_arn,
                PublishBatchRequestEntries=[
                    {"Id": str(number), "Message": json.dumps(event)}
                    for number, event in enumerate(events[start : start + _MAX_BATCH_SIZE])
                ],
            )
            if response.get("Failed"):
                raise RuntimeError(f"the topic rejected events: {response['Failed']}")

    return publish
