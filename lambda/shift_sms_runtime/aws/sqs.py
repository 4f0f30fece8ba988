"""Amazon SQS: sends messages to a queue."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from shift_sms_runtime.queue_messages import NO_DELAY, QueueMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MAX_DELAY_SECONDS = 900
"""Source: SendMessage in the SQS API reference."""

M = TypeVar("M", bound=QueueMessage)


class SqsQueue(Generic[M]):
    """Implements `Queue` on SQS."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, messages: Sequence[M], *, delay: timedelta = NO_DELAY) -> None:
        """See `Queue.put`."""
        seconds = min(int(delay.total_seconds()), _MAX_DELAY_SECONDS)
        for message in messages:
            self._client.send_message(QueueUrl=self._url, MessageBody=message.to_json(), DelaySeconds=seconds)
