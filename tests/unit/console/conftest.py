"""Provides the console on moto."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from shift_sms_console import composition
from shift_sms_runtime import telemetry
from tests.support.console_world import ConsoleWorld
from tests.support.operator_world import OperatorWorld


@pytest.fixture
def console_world(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[ConsoleWorld]:
    """Provides a deployment without rows, and its console as the function builds it."""
    monkeypatch.setenv("SERVICE_NAME", "serve_console")
    monkeypatch.setenv("METRICS_NAMESPACE", "ShiftSms/test")
    telemetry.logger.cache_clear()
    telemetry.metrics.cache_clear()
    with mock_aws():
        world = ConsoleWorld(OperatorWorld(session), tmp_path)
        monkeypatch.setattr(composition, "console", lambda: world.console)
        yield world
    telemetry.logger.cache_clear()
    telemetry.metrics.cache_clear()
