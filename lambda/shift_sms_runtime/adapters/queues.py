"""The queues between functions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shift_sms_runtime.domain.callbacks import CallbackRequest
from shift_sms_runtime.domain.work_items import WorkItem

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_ENTRIES = 10
"""Messages in one SendMessageBatch."""


class NotQueued(Exception):
    """SQS did not take some messages; the message is its error codes."""


class SqsCallbackQueue:
    """Wishes to be called."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, request: CallbackRequest) -> None:
        """See ``CallbackQueue.put``."""
        self._client.send_message(QueueUrl=self._url, MessageBody=request.to_json())


class SqsDispatchQueue:
    """Work items of campaigns."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, items: Sequence[WorkItem]) -> None:
        """See ``DispatchQueue.put``."""
        for start in range(0, len(items), _ENTRIES):
            batch = items[start : start + _ENTRIES]
            response = self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(i), "MessageBody": item.to_json()} for i, item in enumerate(batch)],
            )
            if failed := response.get("Failed"):
                raise NotQueued(", ".join(sorted({entry["Code"] for entry in failed})))
