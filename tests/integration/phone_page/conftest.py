"""Serves one phone page per test."""

from collections.abc import Iterator

import pytest

from tests.support.phone_network import running_network
from tests.support.phone_page import ServedPage, served_page


@pytest.fixture
def served() -> Iterator[ServedPage]:
    with running_network() as running, served_page(running) as served:
        yield served
