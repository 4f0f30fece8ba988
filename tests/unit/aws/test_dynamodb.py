"""Tests batch reads in which DynamoDB leaves keys unread."""

from typing import Any

import pytest

from shift_sms_runtime.aws.dynamodb import UnprocessedReads, read_batch

KEYS = {"Shifts": [{"shift_id": "S1"}, {"shift_id": "S2"}]}


class ThrottledClient:
    """Reads a given number of keys in each of its first calls, none in later ones, and leaves the others unread."""

    def __init__(self, *keys_read: int) -> None:
        self._keys_read = list(keys_read)
        self.calls = 0

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.calls += 1
        ((table, wanted),) = RequestItems.items()
        count = self._keys_read.pop(0) if self._keys_read else 0
        unread = wanted["Keys"][count:]
        return {
            "Responses": {table: wanted["Keys"][:count]},
            "UnprocessedKeys": {table: {**wanted, "Keys": unread}} if unread else {},
        }


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records the waits, without jitter."""
    waits: list[float] = []
    monkeypatch.setattr("shift_sms_runtime.backoff.random.uniform", lambda _low, _high: 1.0)
    monkeypatch.setattr("shift_sms_runtime.backoff.time.sleep", waits.append)
    return waits


@pytest.mark.parametrize(
    ("read", "waited"), [([2], []), ([1, 1], [0.02]), ([0, 0, 1, 0, 1], [0.02, 0.05, 0.1, 0.2])]
)
def test_given_unprocessed_keys_when_read_then_only_they_are_retried_with_backoff(
    pauses: list[float], read: list[int], waited: list[float]
) -> None:
    client: Any = ThrottledClient(*read)
    assert read_batch(client, KEYS) == KEYS
    assert pauses == waited


def test_given_a_table_that_stays_throttled_when_read_then_the_read_fails(
    pauses: list[float],
) -> None:
    client: Any = ThrottledClient(1)
    with pytest.raises(UnprocessedReads):
        read_batch(client, KEYS)
    assert pauses == [0.02, 0.05, 0.1, 0.2, 0.4, 0.8]
    assert client.calls == len(pauses) + 1
