"""Provides the operations on moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from shift_sms_operator import concurrent_work
from tests.support.operator_world import OperatorWorld


@pytest.fixture
def operator_world(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorWorld]:
    """Provides a deployment without rows."""
    # moto copies its tables for a transaction, so that it serves one thread at a time.
    monkeypatch.setattr(concurrent_work, "_THREADS", 1)
    with mock_aws():
        yield OperatorWorld(session)
