"""Provides a healthy deployment with a doctor."""

from collections.abc import Iterator

import boto3
import pytest

from tests.support.doctor_world import NUMBER_ID, DoctorWorld, doctor_world


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """An account that is not AWS's."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


@pytest.fixture
def world(session: boto3.Session, request: pytest.FixtureRequest) -> Iterator[DoctorWorld]:
    """Provides a deployment; the parameter `pooled` puts its number into a pool."""
    members = (NUMBER_ID,) if getattr(request, "param", "") == "pooled" else None
    with doctor_world(session, pool_members=members) as world:
        yield world
