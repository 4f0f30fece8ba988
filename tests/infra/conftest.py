"""Provides five deployments with different constructs."""

import pytest

from tests.support.synthesis import CONNECT, CONSOLE, PINPOINT, SynthesizedStack, synthesize


@pytest.fixture(scope="session")
def dev() -> SynthesizedStack:
    return synthesize("dev")


@pytest.fixture(scope="session")
def dev_with_connect() -> SynthesizedStack:
    return synthesize("dev", **CONNECT)


@pytest.fixture(scope="session")
def prod() -> SynthesizedStack:
    return synthesize("prod")


@pytest.fixture(scope="session")
def pinpoint() -> SynthesizedStack:
    return synthesize("dev", **PINPOINT)


@pytest.fixture(scope="session")
def console() -> SynthesizedStack:
    return synthesize("dev", **CONSOLE)
