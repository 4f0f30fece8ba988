"""Provides the command line and the tables behind it."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from tests.support.operator_cli import OperatorCli


@pytest.fixture
def operator_cli(
    tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> Iterator[OperatorCli]:
    """Provides the command line in an account without items."""
    with mock_aws():
        yield OperatorCli(tmp_path, session, capsys)
