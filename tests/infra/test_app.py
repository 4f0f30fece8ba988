"""The entry point, run as the CDK's command line runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_app(outdir: Path, **context: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps({**context, "aws:cdk:bundling-stacks": []}),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=outdir,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_given_an_environment_when_synthesised_then_its_stack_is_named_after_it(
    tmp_path: Path, environment: str
) -> None:
    assert run_app(tmp_path, env=environment).returncode == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    stack = manifest["artifacts"][f"ShiftSms-{environment}"]
    assert stack["environment"] == "aws://unknown-account/unknown-region"
    assert ("assumeRoleArn" in stack["properties"]) == (environment != "local")


def test_given_three_wrong_settings_when_synthesised_then_one_message_names_all_three(tmp_path: Path) -> None:
    done = run_app(
        tmp_path, env="prod", messages_per_second="fast", stranger_reply="shout", connect_enabled="maybe"
    )
    assert done.returncode == 1
    for told in ("messages_per_second", "'fast'", "stranger_reply", "'shout'", "connect_enabled", "'maybe'"):
        assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "manifest.json").exists()
