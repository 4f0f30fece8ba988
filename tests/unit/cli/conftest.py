"""Provides the command line and the tables behind it."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from shift_sms_cli import connection
from shift_sms_operator import concurrent_work
from tests.support.operator_world import OperatorWorld


@pytest.fixture
def operator_world(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[OperatorWorld]:
    """Provides a deployment without rows, which every command connects to."""
    # moto copies its tables for a transaction, so that it serves one thread at a time.
    monkeypatch.setattr(concurrent_work, "_THREADS", 1)
    with mock_aws():
        world = OperatorWorld(session)
        monkeypatch.setattr(connection, "new_session", lambda *_, **__: session)
        monkeypatch.setattr(connection, "Clients", lambda *_, **__: world.clients)
        # moto's CloudFormation needs packages that the tests do without.
        monkeypatch.setattr(connection, "stack_outputs", lambda _clients, _env: world.outputs())
        yield world
