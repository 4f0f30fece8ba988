"""One running network for each test."""

from collections.abc import Iterator

import pytest

from tests.integration.phone_network.world import World, world


@pytest.fixture
def usual() -> Iterator[World]:
    with world() as made:
        yield made
