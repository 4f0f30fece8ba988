"""What several modules of unit tests begin with."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from tests.desk import Desk


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """An account that is not AWS's."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


@pytest.fixture
def desk(tmp_path: Path, session: boto3.Session, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """An operator's desk, in an account where nothing is yet."""
    with mock_aws():
        yield Desk(tmp_path, session, capsys)
