"""Provides a deployment with a segment."""

import pytest

from tests.support.operator_campaigns import NOON, put_member
from tests.support.operator_world import OperatorWorld


@pytest.fixture
def world(operator_world: OperatorWorld) -> OperatorWorld:
    """A deployment at noon, with one member of the segment night."""
    operator_world.now = lambda: NOON
    put_member(operator_world, "+14255550101")
    return operator_world
