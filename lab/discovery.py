"""How a second terminal finds the lab that runs in this folder: `.lab/` says where it is.

The lab holds a lock on that folder. The lock is the operating system's and dies with the process, so a lab that was
killed is in nobody's way, and of two labs in one folder the second says so instead of confusing `make text`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / ".lab"
_PHONE_NETWORK = _FOLDER / "url"
_CLOUD = _FOLDER / "cloud-url"


class LabAlreadyRunning(Exception):
    """A lab runs in this folder already; the message says what to do."""


class NoRunningLab(Exception):
    """No lab runs in this folder; the message says what to do."""


@dataclass(frozen=True)
class RunningLab:
    """Where the parts of a lab are reached."""

    phone_network_url: str
    cloud_url: str


@contextmanager
def lock_lab_folder() -> Iterator[None]:
    """Keeps other labs out of this folder, and leaves no address behind. Raises AnotherLab."""
    _FOLDER.mkdir(exist_ok=True)
    folder = os.open(_FOLDER, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabAlreadyRunning(
                "A lab runs in this folder already. Text that one with make text, or end it with Ctrl-C first."
            ) from None
        _remove_addresses()
        try:
            yield
        finally:
            _remove_addresses()
    finally:
        os.close(folder)


def publish_addresses(lab: RunningLab) -> None:
    """Tells second terminals where the lab is; only inside `only_lab_here`."""
    _CLOUD.write_text(lab.cloud_url, encoding="utf-8")
    _PHONE_NETWORK.write_text(lab.phone_network_url, encoding="utf-8")


def find_running_lab() -> RunningLab:
    """Returns where the lab of this folder is. Raises NoLab."""
    try:
        return RunningLab(
            phone_network_url=_PHONE_NETWORK.read_text(encoding="utf-8"),
            cloud_url=_CLOUD.read_text(encoding="utf-8"),
        )
    except FileNotFoundError:
        raise NoRunningLab("No lab is up in this folder. Start one in another terminal: make lab") from None


def _remove_addresses() -> None:
    _PHONE_NETWORK.unlink(missing_ok=True)
    _CLOUD.unlink(missing_ok=True)
