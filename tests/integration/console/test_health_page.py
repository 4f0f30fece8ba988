"""Tests the page of the deployment's health on moto and the phone network."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from lab.phone_network import AccessDeniedError, Authorize, allow_all
from shift_sms_console import composition
from shift_sms_runtime import telemetry
from tests.support.console_world import ConsoleWorld
from tests.support.doctor_world import STACK, DoctorWorld, doctor_world
from tests.support.operator_world import OperatorWorld

Open = Callable[..., AbstractContextManager[tuple[DoctorWorld, Callable[[], str]]]]


class _Operators(OperatorWorld):
    """The tables beside the deployment that the doctor examines."""

    examined: DoctorWorld

    def outputs(self) -> dict[str, str]:
        return self.examined.outputs()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """Opens a healthy deployment, and returns what asks for its report as a viewer."""
    telemetry.logger.cache_clear()
    telemetry.metrics.cache_clear()
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    monkeypatch.setenv("SERVICE_NAME", "serve_console")
    monkeypatch.setenv("METRICS_NAMESPACE", "ShiftSms/test")

    @contextmanager
    def open_world(
        authorize: Authorize = allow_all,
    ) -> Iterator[tuple[DoctorWorld, Callable[[], str]]]:
        with doctor_world(session, authorize=authorize) as doctor:
            session.client("dynamodb").delete_table(TableName="Employees")
            operators = _Operators(session)
            operators.examined = doctor
            world = ConsoleWorld(operators, tmp_path, clients=doctor.clients())
            monkeypatch.setattr(composition, "console", lambda: world.console)
            yield doctor, lambda: world.signed_in("viewer").poll("/doctor/report").body

    yield open_world
    telemetry.logger.cache_clear()
    telemetry.metrics.cache_clear()


def fire(world: DoctorWorld, name: str) -> None:
    alarm: dict[str, Any] = {
        "AlarmName": f"{STACK}-{name}",
        "AlarmDescription": f"{name} has happened",
        "MetricName": name,
        "Namespace": "ShiftSms",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Statistic": "Sum",
    }
    world.cloudwatch.put_metric_alarm(**alarm)
    world.cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="test")


def test_given_a_deployment_when_examined_again_then_faults_and_alarms_show(opened: Open) -> None:
    with opened() as (world, report):
        healthy = report()
        assert "All checks are in order." in healthy
        assert "No alarm fires." in healthy

        world.network.limits.sandbox = True
        for name in ("First", "Second"):
            fire(world, name)
        faulty = report()

    assert "2 alarms fire. 1 of 15 findings need attention." in faulty
    assert faulty.index("Second has happened") < faulty.index("First has happened")
    assert "the account is in the SMS sandbox" in faulty
    assert "create-verified-destination-number" in faulty


def test_given_a_permission_that_is_missing_when_examined_then_the_rest_shows(opened: Open) -> None:
    def deny(_key: str, action: str, resource: str) -> None:
        if action == "sms-voice:DescribeSpendLimits":
            raise AccessDeniedError(f"{action} on {resource}")

    with opened(deny) as (_, report):
        page = report()

    assert "1 of 15 findings need attention." in page
    assert "not checked: DescribeSpendLimits: AccessDeniedException" in page
    assert "the account tier is PRODUCTION" in page
