"""Runs ministack with less work per function start, fewer garbage collections, and schedules as on AWS."""

import gc
import hashlib
import runpy
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import scheduler

_SECONDS_BETWEEN_SWEEPS = 1
"""How often due schedules are looked for. ministack looks every 10 seconds, and tests would wait for it."""
_EXTRACTION_LOCK = threading.Lock()


class SharedZipFile(zipfile.ZipFile):
    """Extracts a function's code once.

    Further extractions into empty folders are symbolic links.

    Otherwise every function start would extract and compile about a thousand files, in the process that
    serves all APIs. Sharing is safe because functions cannot write to their code.
    """

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """See `ZipFile.extractall`; an empty folder is replaced with a link."""
        target = Path(path or ".")
        if members is not None or pwd is not None or not self.filename or not _is_empty(target):
            super().extractall(path, members, pwd)
            return
        shared = Path(tempfile.gettempdir(), f"unpacked-{_digest(Path(self.filename))}")
        with _EXTRACTION_LOCK:
            if not shared.exists():
                unfinished = Path(tempfile.mkdtemp())
                super().extractall(unfinished)
                unfinished.rename(shared)
        target.rmdir()
        target.symlink_to(shared, target_is_directory=True)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


class _Zipfile:
    """The `zipfile` module that ministack's workers use."""

    ZipFile = SharedZipFile

    def __getattr__(self, name: str) -> Any:
        return getattr(zipfile, name)


def firing_again(write: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Lets a schedule that has fired fire at its new time, too, as on AWS.

    ministack remembers by name that a one-time schedule has fired, also after it was changed or deleted.

    Args:
        write: ministack's function that updates or deletes a schedule.
    """
    fired = vars(scheduler)["_schedule_last_fired"]

    def write_and_forget(name: str, parameters: Any) -> Any:
        # DeleteSchedule has the group in the query.
        group = parameters.get("GroupName") or parameters.get("groupName") or "default"
        response = write(name, parameters)
        fired.pop((get_account_id(), get_region(), f"{group}/{name}"), None)
        return response

    return write_and_forget


if __name__ == "__main__":
    # ministack keeps all data in this process. With the ledger of a few thousand recipients, every full garbage
    # collection stops it for a second or longer. A lab does not run long enough to need them.
    gc.set_threshold(50_000, 10, 100_000)
    lambda_runtime.zipfile = _Zipfile()
    of_scheduler = vars(scheduler)
    of_scheduler["_SCHEDULE_TICK_INTERVAL"] = _SECONDS_BETWEEN_SWEEPS
    for write in ("_update_schedule", "_delete_schedule"):
        of_scheduler[write] = firing_again(of_scheduler[write])
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
