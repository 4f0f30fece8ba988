"""The queues between functions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shift_sms_runtime.domain.callbacks import CallbackRequest
from shift_sms_runtime.domain.work_items import WorkItem

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


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
        for item in items:
            self._client.send_message(QueueUrl=self._url, MessageBody=item.to_json())
