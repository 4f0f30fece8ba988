"""Provides the operations on moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.support.operator_world import OperatorWorld


@pytest.fixture
def operator_world(session: boto3.Session) -> Iterator[OperatorWorld]:
    """Provides a deployment without rows."""
    with mock_aws():
        yield OperatorWorld(session)
