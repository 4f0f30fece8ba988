"""Provides every store: in memory, and on the tables of moto and of the simulation."""

import itertools

import pytest

from shift_sms_runtime.tables import campaign_counters
from tests.support.simulated_tables import simulated_stores
from tests.support.store_pairs import Stores, dynamo_stores, memory_stores


@pytest.fixture(autouse=True)
def several_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count on several rows, as several functions do."""
    writers = itertools.cycle(range(3))
    monkeypatch.setattr(campaign_counters, "_own_counter_row", lambda: next(writers))


@pytest.fixture(params=["memory", "dynamodb", "simulated"])
def stores(request: pytest.FixtureRequest) -> Stores:
    """Fresh stores: in memory, in DynamoDB, and in the simulated DynamoDB."""
    if request.param == "memory":
        return memory_stores()
    if request.param == "simulated":
        return simulated_stores()
    return dynamo_stores(request.getfixturevalue("system"))
