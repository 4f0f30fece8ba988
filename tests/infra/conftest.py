"""The four deployments that differ in what they contain."""

import pytest

from tests.infra.synthesis import CONNECT, PINPOINT, Synthesised, synthesise


@pytest.fixture(scope="session")
def dev() -> Synthesised:
    return synthesise("dev")


@pytest.fixture(scope="session")
def dev_with_connect() -> Synthesised:
    return synthesise("dev", **CONNECT)


@pytest.fixture(scope="session")
def prod() -> Synthesised:
    return synthesise("prod")


@pytest.fixture(scope="session")
def pinpoint() -> Synthesised:
    return synthesise("dev", **PINPOINT)
