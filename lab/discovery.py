"""Lets a second terminal find the lab that runs in this checkout, through files in `.lab/`.

The running lab locks `.lab/`, so a second lab in the same checkout fails instead of confusing `make text`. The
operating system releases the lock when the process ends, even when it is killed.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.cloud.embedded_cloud import ACCESS_KEY, SECRET_KEY, EmbeddedCloud
from lab.phone_network.api.wire import SERVICES

_FOLDER = Path(__file__).resolve().parent.parent / ".lab"
_PHONE_NETWORK = _FOLDER / "url"
_CLOUD = _FOLDER / "cloud-url"
_CONNECTION = _FOLDER / "connection.json"
"""What `shift-sms --env local` reads. `shift_sms_cli.connection` describes it."""


class LabAlreadyRunning(Exception):
    """A lab is already running in this checkout; the message says what to do."""


class NoRunningLab(Exception):
    """No lab is running in this checkout; the message says what to do."""


@dataclass(frozen=True)
class RunningLab:
    """The URLs of a running lab."""

    phone_network_url: str
    cloud_url: str


@contextmanager
def lock_lab_folder() -> Iterator[None]:
    """Locks this checkout for one lab, and removes the lab's addresses at the end.

    Raises:
        LabAlreadyRunning: another lab holds the lock.
    """
    _FOLDER.mkdir(exist_ok=True)
    folder = os.open(_FOLDER, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabAlreadyRunning(
                "A lab is already running in this folder. Use it with make text, or stop it first with Ctrl-C."
            ) from None
        _remove_addresses()
        try:
            yield
        finally:
            _remove_addresses()
    finally:
        os.close(folder)


def publish_addresses(lab: RunningLab) -> None:
    """Writes the lab's URLs for other terminals; call it inside `lock_lab_folder`."""
    _CLOUD.write_text(lab.cloud_url, encoding="utf-8")
    connection = {
        "endpoint_url": lab.cloud_url,
        "region": EmbeddedCloud.region,
        "access_key_id": ACCESS_KEY,
        "secret_access_key": SECRET_KEY,
        "service_endpoint_urls": dict.fromkeys(SERVICES, lab.phone_network_url),
    }
    _CONNECTION.write_text(json.dumps(connection), encoding="utf-8")
    _PHONE_NETWORK.write_text(lab.phone_network_url, encoding="utf-8")


def find_running_lab() -> RunningLab:
    """Returns the URLs of the lab in this checkout. Raises NoRunningLab."""
    try:
        return RunningLab(
            phone_network_url=_PHONE_NETWORK.read_text(encoding="utf-8"),
            cloud_url=_CLOUD.read_text(encoding="utf-8"),
        )
    except FileNotFoundError:
        raise NoRunningLab(
            "No lab is running in this folder. Start one in another terminal: make lab"
        ) from None


def _remove_addresses() -> None:
    _PHONE_NETWORK.unlink(missing_ok=True)
    _CLOUD.unlink(missing_ok=True)
    _CONNECTION.unlink(missing_ok=True)
