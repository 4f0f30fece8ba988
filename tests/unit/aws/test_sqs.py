"""Tests how messages are sent to SQS."""

from datetime import timedelta
from typing import Any

import pytest

from shift_sms_runtime.aws.sqs import SqsQueue
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest


class RecordingClient:
    """Records its requests."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_message(self, **request: Any) -> None:
        self.sent.append(request)


def test_given_messages_when_put_then_each_is_sent_in_order() -> None:
    client: Any = RecordingClient()
    queue = SqsQueue[ReconcileRequest](client, "the-queue")
    queue.put([ReconcileRequest("A1"), ReconcileRequest("A2")])
    assert client.sent == [
        {"QueueUrl": "the-queue", "MessageBody": f'{{"shift_id": "{code}", "left": []}}', "DelaySeconds": 0}
        for code in ("A1", "A2")
    ]


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (timedelta(seconds=7.9), 7),
        (timedelta(minutes=15), 900),
        (timedelta(hours=1), 900),
    ],
)
def test_given_a_delay_when_put_then_it_is_whole_seconds_and_at_most_15_minutes(
    delay: timedelta, seconds: int
) -> None:
    client: Any = RecordingClient()
    SqsQueue[ReconcileRequest](client, "the-queue").put([ReconcileRequest("A1")], delay=delay)
    assert client.sent[0]["DelaySeconds"] == seconds
