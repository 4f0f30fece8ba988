"""Tests that one wheel contains everything that another team needs."""

import os
import re
import subprocess
import sys
import tomllib
from email import message_from_string
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from shift_sms.building_blocks.runtime_asset import (
    CONSOLE_ASSET,
    RUNTIME_ASSET,
    AssetContents,
    asset_root,
    source_hash,
)

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder that the wheel's files are in."""
    built, unpacked = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("site-packages")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(built)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = built.glob("*.whl")
    with ZipFile(wheel) as files:
        files.extractall(unpacked)
    return unpacked


@pytest.mark.parametrize(
    "needed",
    [
        "shift_sms/py.typed",
        "shift_sms/_lambda/requirements.txt",
        "shift_sms/_lambda/shift_sms_runtime/handlers/process_inbound_sms.py",
        "shift_sms/_lambda/shift_sms_runtime/locales/shifts/en.toml",
        "shift_sms/_lambda/shift_sms_runtime/locales/grammar_roles/en.toml",
        "shift_sms/_lambda/console-requirements.txt",
        "shift_sms/_lambda/shift_sms_console/serve_console.py",
        "shift_sms/_lambda/shift_sms_console/static/console.css",
        "shift_sms/_lambda/shift_sms_console/templates/shifts/board.html",
        "shift_sms/_lambda/shift_sms_operator/campaigns/prices.toml",
        "shift_sms_runtime/locales/appointments/de.toml",
        "shift_sms_runtime/locales/grammar_roles/de.toml",
        "shift_sms_cli/__main__.py",
        "shift_sms_operator/composition.py",
        "shift_sms_runtime/campaigns/campaign.py",
    ],
)
def test_given_a_wheel_when_installed_then_what_is_needed_is_there(installed: Path, needed: str) -> None:
    assert (installed / needed).is_file()


@pytest.mark.parametrize("contents", [RUNTIME_ASSET, CONSOLE_ASSET])
def test_given_a_wheel_when_its_functions_are_bundled_then_they_match_the_checkout(
    installed: Path, contents: AssetContents
) -> None:
    handlers = Path("shift_sms_runtime", "handlers")
    inside = installed / "shift_sms" / "_lambda"
    assert sorted(path.name for path in (inside / handlers).glob("*.py")) == sorted(
        path.name for path in (asset_root() / handlers).glob("*.py")
    )
    assert source_hash(inside, contents) == source_hash(asset_root(), contents)


def test_given_a_wheel_when_installed_then_nothing_of_lab_or_machine_is_in_it(
    installed: Path,
) -> None:
    folders = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert folders == {"shift_sms", "shift_sms_cli", "shift_sms_operator", "shift_sms_runtime"}
    assert not list(installed.rglob("*.pyc"))


def test_given_its_requirements_when_installed_beside_another_app_then_ranges(
    installed: Path,
) -> None:
    (metadata,) = installed.glob("*.dist-info/METADATA")
    needs = message_from_string(metadata.read_text(encoding="utf-8")).get_all("Requires-Dist", [])
    assert len(needs) > 3
    assert [need for need in needs if re.search(r"===?", need.partition(";")[0])] == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_given_what_it_needs_when_locked_then_the_lock_is_within_its_ranges(lock: str) -> None:
    pins = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    locked = dict(pins)
    for need in map(Requirement, PROJECT["dependencies"]):
        assert need.specifier.contains(locked[need.name]), need


OTHER_APP = """
import aws_cdk as cdk
import shift_sms
import shift_sms_runtime

app = cdk.App(context={"aws:cdk:bundling-stacks": []})
stack = cdk.Stack(app, "Theirs")
tables = shift_sms.ShiftTables(stack, "Tables")
channel = shift_sms.SmsChannel(stack, "Sms", origination_identity="+14255550100")
outbox = shift_sms.OutboxSender(stack, "Outbox", tables=tables, channel=channel)
shift_sms.InboundSmsProcessor(stack, "Inbound", tables=tables, outbox=outbox)
given = {"origination_identity": "+14255550100", "console_enabled": True}
settings = shift_sms.Settings.parse("prod", environments={"prod": given}, context={})
shift_sms.ShiftSmsStack(app, "Whole", settings=settings)
app.synth()
print(shift_sms.__file__, shift_sms_runtime.__file__, sep="\\n")
"""


def test_given_a_wheel_when_installed_elsewhere_then_its_constructs_synthesize(
    installed: Path, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", OTHER_APP],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(installed), "CDK_OUTDIR": str(tmp_path / "out")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        str(installed / package / "__init__.py") for package in ("shift_sms", "shift_sms_runtime")
    ]
    for stack, handler in (
        ("Theirs", "shift_sms_runtime.handlers.process_inbound_sms.handler"),
        ("Whole", "shift_sms_console.serve_console.handler"),
    ):
        template = (tmp_path / "out" / f"{stack}.template.json").read_text(encoding="utf-8")
        assert handler in template


def test_given_a_wheel_when_installed_elsewhere_then_its_command_line_starts(
    installed: Path, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-m", "shift_sms_cli", "shifts", "list", "--env", "local"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("shift-sms: no lab is running in this folder")
