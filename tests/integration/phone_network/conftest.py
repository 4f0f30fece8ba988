"""Runs one phone network per test."""

from collections.abc import Iterator

import pytest

from tests.support.phone_network import RunningNetwork, running_network


@pytest.fixture
def running() -> Iterator[RunningNetwork]:
    with running_network() as running:
        yield running
