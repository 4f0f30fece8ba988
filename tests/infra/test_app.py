"""Tests the app as the CDK's command line runs it, and the launcher of the command line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run_app(outdir: Path, checkout: Path = ROOT, **context: str) -> subprocess.CompletedProcess[str]:
    """Runs the app as the CDK does: a checkout needs no PYTHONPATH."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["CDK_OUTDIR"] = str(outdir)
    environment["CDK_CONTEXT_JSON"] = json.dumps({**context, "aws:cdk:bundling-stacks": []})
    if checkout != ROOT:
        environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        [sys.executable, str(checkout / "app.py")],
        cwd=outdir,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("environment", [pytest.param("dev", marks=pytest.mark.soak), "prod"])
def test_given_an_environment_when_synthesized_then_its_stack_is_named_after_it(
    tmp_path: Path, environment: str
) -> None:
    assert run_app(tmp_path, env=environment).returncode == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    stack = manifest["artifacts"][f"ShiftSms-{environment}"]
    assert stack["environment"] == "aws://unknown-account/unknown-region"
    assert "assumeRoleArn" in stack["properties"]


def test_given_three_wrong_settings_when_synthesized_then_one_message_names_all(tmp_path: Path) -> None:
    done = run_app(
        tmp_path, env="prod", messages_per_second="fast", stranger_reply="shout", connect_enabled="maybe"
    )
    assert done.returncode == 1
    for word in ("messages_per_second", "'fast'", "stranger_reply", "'shout'", "connect_enabled", "'maybe'"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize("link", ["/{checkout}/bin/shift-sms", "../checkout/bin/shift-sms"])
def test_given_a_link_to_the_command_line_when_followed_then_the_checkout_runs(
    tmp_path: Path, link: str
) -> None:
    checkout, links = tmp_path / "checkout", tmp_path / "links"
    (checkout / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "shift-sms", checkout / "bin")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (checkout / "shift_sms_cli.py").write_text("print(__file__)\n")
    links.mkdir()
    (links / "first").symlink_to(link.format(checkout=str(checkout).lstrip("/")))
    (links / "second").symlink_to("first")

    done = subprocess.run([str(links / "second")], cwd=links, capture_output=True, text=True, check=True)

    assert done.stdout == f"{checkout / 'shift_sms_cli.py'}\n"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            {"context": {"environments": {"prod": "x"}}},
            "environments.prod\n    given:   'x'\n    allowed: an object",
        ),
        # The CDK drops what is null.
        (
            {"context": {"environments": {"prod": None}}},
            "env\n    given:   'prod'\n    allowed: the name of an environment",
        ),
        ({}, "environments\n    given:   nothing\n    allowed: an object with an object of settings"),
    ],
)
def test_given_no_settings_where_expected_when_synthesized_then_the_error_says_so(
    tmp_path: Path, settings: dict[str, Any], problem: str
) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    shutil.copy(ROOT / "app.py", checkout)
    (checkout / "cdk.json").write_text(json.dumps(settings))

    done = run_app(tmp_path, checkout, env="prod")

    assert done.returncode == 1
    assert f"1 setting is wrong in environment 'prod':\n  {problem}" in done.stderr
    assert "Traceback" not in done.stderr


def test_given_a_python_without_the_cdk_when_run_then_it_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", str(ROOT / "app.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "has no module aws_cdk: " in done.stderr
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr


def test_given_cdk_json_when_read_then_its_command_runs_app_py() -> None:
    assert json.loads((ROOT / "cdk.json").read_text())["app"] == "python app.py"
