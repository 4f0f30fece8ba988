"""Provides every store, in memory and in DynamoDB."""

import itertools

import pytest

from shift_sms_runtime.tables import campaign_counters
from tests.support.store_pairs import Stores, dynamo_stores, memory_stores


@pytest.fixture(autouse=True)
def several_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count on several rows, as several functions do."""
    writers = itertools.cycle(range(3))
    monkeypatch.setattr(campaign_counters, "_own_counter_row", lambda: next(writers))


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    """Fresh stores, in memory and in DynamoDB."""
    if request.param == "memory":
        return memory_stores()
    return dynamo_stores(request.getfixturevalue("system"))
