"""Serves the console on moto to a browser."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from playwright.sync_api import Browser

from shift_sms_console import composition
from shift_sms_operator.health.findings import HealthReport
from shift_sms_runtime import telemetry
from tests.support.browser import started_browser
from tests.support.console_world import ConsoleWorld
from tests.support.health_reports import show_report
from tests.support.operator_world import OperatorWorld
from tests.support.served_console import ServedConsole, add_package_assets, serve_console_on_moto


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    yield from started_browser()


@pytest.fixture
def served(browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ServedConsole]:
    """Provides a deployment without rows, in which nothing is wrong, and its console."""
    show_report(monkeypatch, HealthReport((), ()))
    monkeypatch.setenv("SERVICE_NAME", "serve_console")
    monkeypatch.setenv("METRICS_NAMESPACE", "ShiftSms/test")
    telemetry.logger.cache_clear()
    telemetry.metrics.cache_clear()
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    with serve_console_on_moto() as address, mock_aws():
        world = ConsoleWorld(OperatorWorld(session), tmp_path, console_url=address)
        add_package_assets(tmp_path)
        monkeypatch.setattr(composition, "console", lambda: world.console)
        yield ServedConsole(world, address, browser)
    telemetry.logger.cache_clear()
    telemetry.metrics.cache_clear()
