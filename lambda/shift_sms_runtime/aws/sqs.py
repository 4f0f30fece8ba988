"""The queues between functions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from shift_sms_runtime.callbacks.callback_request import CallbackRequest
from shift_sms_runtime.campaigns.work_items import Page, WorkItem
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_NO_DELAY = timedelta()
_LONGEST_DELAY = 900
"""Seconds. Source: SendMessage in the SQS API reference."""


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

    def put(self, items: Sequence[WorkItem], *, delay: timedelta = _NO_DELAY) -> None:
        """See ``DispatchQueue.put``."""
        for item in items:
            self._client.send_message(
                QueueUrl=self._url, MessageBody=item.to_json(), DelaySeconds=_seconds(delay)
            )


class SqsPagesQueue:
    """Pages of segments."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put_page(self, page: Page, *, delay: timedelta = _NO_DELAY) -> None:
        """See ``PagesQueue.put_page``."""
        self._client.send_message(
            QueueUrl=self._url, MessageBody=page.to_json(), DelaySeconds=_seconds(delay)
        )


class SqsShiftCalls:
    """Shifts to be looked after."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, call: ReconcileRequest) -> None:
        """Hand over one shift."""
        self._client.send_message(QueueUrl=self._url, MessageBody=call.to_json())


def _seconds(delay: timedelta) -> int:
    return min(int(delay.total_seconds()), _LONGEST_DELAY)
