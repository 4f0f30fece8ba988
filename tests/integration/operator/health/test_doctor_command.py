"""Tests what `shift-sms doctor` prints, and its exit code."""

import json

import pytest
from typer.testing import CliRunner, Result

from shift_sms_cli.app import app
from shift_sms_cli.commands.doctor import HEALTHY, UNHEALTHY
from tests.support.doctor_world import DoctorWorld


def run(world: DoctorWorld, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    monkeypatch.setattr("shift_sms_cli.commands.doctor.connect", lambda *_: world.operator())
    return CliRunner().invoke(app, ["doctor", *options], prog_name="shift-sms")


def test_given_a_healthy_deployment_when_doctor_runs_then_zero_and_every_check(
    world: DoctorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(world, monkeypatch)
    assert done.exit_code == HEALTHY
    lines = done.stdout.splitlines()
    assert lines[0] == "ok          stack: ShiftSms-prod is UPDATE_COMPLETE"
    assert "not-used    daily-caps: phone number phone-1 has no daily cap" in lines
    assert lines[-1] == "Everything is in order."
    assert "fix:" not in done.stdout


def test_given_a_fault_when_doctor_runs_then_one_and_what_why_and_fix(
    world: DoctorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.network.limits.sandbox = True
    done = run(world, monkeypatch)
    assert done.exit_code == UNHEALTHY
    lines = done.stdout.splitlines()
    at = lines.index("wrong       sandbox: the account is in the SMS sandbox")
    assert (
        lines[at + 1]
        == "            why: only 10 verified numbers can be texted; other employees get nothing"
    )
    assert lines[at + 2].startswith("            fix: request production access")
    assert lines[-1] == "1 of 15 findings need attention."


def test_given_json_when_doctor_runs_then_each_finding_is_an_object(
    world: DoctorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings["connect_enabled"] = False
    world.network.limits.sandbox = True
    done = run(world, monkeypatch, "--json")
    assert done.exit_code == UNHEALTHY
    found = {finding["check"]: finding for finding in json.loads(done.stdout)}
    assert found["connect"] == {
        "check": "connect",
        "status": "not-used",
        "what": "connect_enabled is off",
        "why": "",
        "fix": "",
    }
    assert found["sandbox"]["status"] == "wrong"
    assert found["sandbox"]["fix"]
