"""Starts and stops the embedded cloud: ministack on loopback, with IAM enforced.

Several embedded clouds can run at the same time. The user's AWS profile, endpoints, proxies and module path
have no effect on them.
"""

import http.client
import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

import boto3
import botocore.session
import psutil
from botocore.config import Config

from lab.cloud.watchdog import wait_for_end

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

ACCOUNT = "000000000000"
REGION = "us-east-1"
# The embedded cloud's root user: requests signed with these keys need no permissions.
ACCESS_KEY = SECRET_KEY = "test"  # noqa: S105

# Below the ephemeral ranges of Linux and macOS, whose ports can be in use by outgoing connections.
_PORTS = range(20_000, 32_000)
_ATTEMPTS = 5
_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_LOG_LINES = 40
# The user's other environment variables are not passed on.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT")


class CloudError(RuntimeError):
    """The embedded cloud did not start, or has ended.

    The message ends with the last lines of its log.
    """


class _PortTakenError(CloudError):
    pass


class EmbeddedCloud:
    """The embedded cloud as a context manager; its APIs are at `url`."""

    region = REGION
    account = ACCOUNT

    def __init__(self, functions_endpoint: str | None = None) -> None:
        """Configures the cloud.

        Args:
            functions_endpoint: the AWS endpoint URL of the functions; the default is the cloud itself.
        """
        self._functions_endpoint = functions_endpoint
        self._folder: Path | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._final_log = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The endpoint URL of every AWS API of this cloud."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def folder(self) -> Path:
        """A folder that is removed with the cloud, however the cloud ends."""
        if self._folder is None:
            raise CloudError("the embedded cloud is not running")
        return self._folder

    def start(self) -> None:
        """Starts the cloud and waits until it is healthy. Raises CloudError."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._stopped_on_error():
                    self._launch(_free_port())
            except _PortTakenError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return

    def stop(self) -> None:
        """Stops the cloud and every process it started, and removes its folder.

        Raises:
            CloudError: a process is still running.
        """
        self._final_log = self.log_tail()
        watchdog, self._watchdog = self._watchdog, None
        folder, self._folder = self._folder, None
        remaining: list[psutil.Process] = []
        if watchdog is not None:
            with suppress(psutil.NoSuchProcess):
                remaining = psutil.Process(watchdog.pid).children(recursive=True)
            for pipe in (watchdog.stdin, watchdog.stdout):
                if pipe is not None:
                    pipe.close()
            try:
                watchdog.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                watchdog.kill()
                watchdog.wait()
            remaining = wait_for_end(remaining, 1)
            for process in remaining:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            remaining = wait_for_end(remaining, _STOP_SECONDS)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if remaining:
            pids = ", ".join(str(process.pid) for process in remaining)
            raise CloudError(f"processes of the embedded cloud are still running: {pids}")

    def log_tail(self, lines: int = _LOG_LINES) -> str:
        """Returns the last lines of the cloud's log, including function output.

        Works after `stop` too.
        """
        if self._folder is None:
            return self._final_log
        with suppress(FileNotFoundError):
            text = (self._folder / "cloud.log").read_text(encoding="utf-8", errors="replace")
            return "\n".join(text.splitlines()[-lines:])
        return self._final_log

    @overload
    def client(self, service: Literal["cloudformation"]) -> "CloudFormationClient": ...
    @overload
    def client(self, service: Literal["dynamodb"]) -> "DynamoDBClient": ...
    @overload
    def client(self, service: Literal["iam"]) -> "IAMClient": ...
    @overload
    def client(self, service: Literal["lambda"]) -> "LambdaClient": ...
    @overload
    def client(self, service: Literal["sns"]) -> "SNSClient": ...
    @overload
    def client(self, service: Literal["sqs"]) -> "SQSClient": ...
    @overload
    def client(self, service: str) -> Any: ...
    def client(self, service: str) -> Any:
        """Returns the boto3 client of a service for this cloud; clients are cached and thread-safe."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = _session().client(
                    service,
                    endpoint_url=self.url,
                    config=Config(proxies={}, max_pool_connections=50),
                )
            return self._clients[service]

    @contextmanager
    def _stopped_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.stop()
            raise

    def _launch(self, port: int) -> None:
        self._port = port
        self._clients = {}
        self._folder = Path(tempfile.mkdtemp(prefix="shift-sms-cloud-")).resolve()
        token = secrets.token_hex(8)
        watchdog = Path(__file__).with_name("watchdog.py")
        cloud: tuple[str | Path, ...] = (sys.executable, "-P", Path(__file__).with_name("cloud_process.py"))
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", watchdog, self._folder, self._folder / "cloud.log", *cloud],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(self._folder, port, token, self._functions_endpoint),
            start_new_session=True,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not _is_healthy(port, token):
            if self._watchdog.poll() is not None:
                self._raise_start_error()
            if time.monotonic() > deadline:
                raise CloudError(
                    f"the embedded cloud was not healthy within {_START_SECONDS:.0f} s:\n{self.log_tail()}"
                )
            time.sleep(0.05)

    def _raise_start_error(self) -> None:
        log = self.log_tail()
        if "already in use" in log.lower():
            raise _PortTakenError(f"no free port found in {_ATTEMPTS} attempts; log of the last one:\n{log}")
        raise CloudError(f"the embedded cloud ended during its start:\n{log}")


def _free_port() -> int:
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - avoids collisions, no secret
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _environment(folder: Path, port: int, token: str, functions_endpoint: str | None) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "false",
        "SFTP_ENABLED": "false",
        # The health report returns this token, which tells this cloud from another one on the same port.
        "MINISTACK_EDITION": token,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
        # The embedded cloud passes this on to its functions.
        **({"AWS_ENDPOINT_URL": functions_endpoint} if functions_endpoint else {}),
    }


def _is_healthy(port: int, token: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        health = json.load(connection.getresponse())
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return False
    finally:
        connection.close()
    return bool(health.get("edition") == token)


def _session() -> boto3.Session:
    unset = (None, None, None, None)
    empty_file = (None, None, os.devnull, None)
    core = botocore.session.Session(
        session_vars={
            "profile": unset,
            "config_file": empty_file,
            "credentials_file": empty_file,
            "ca_bundle": unset,
        }
    )
    return boto3.Session(
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name=REGION,
        botocore_session=core,
    )
