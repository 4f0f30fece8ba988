"""Provides an AWS account that does not exist."""

import boto3
import pytest


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """An account that is not AWS's."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
