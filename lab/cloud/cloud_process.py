"""The embedded cloud's own process: ministack, without what would hold up a lab on a small machine."""

import gc
import hashlib
import runpy
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime

_EXTRACTION_LOCK = threading.Lock()


class SharedZipFile(zipfile.ZipFile):
    """Unpacks a function's code once for all that run it, as a link to one folder.

    Each start of a function would else unpack some thousand files in the process that answers every API, and compile
    them anew. Code is there to be read: on AWS nothing could write to it.
    """

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """See ``ZipFile``; a folder that is empty becomes the link."""
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
    """The module as ministack's workers see it."""

    ZipFile = SharedZipFile

    def __getattr__(self, name: str) -> Any:
        return getattr(zipfile, name)


if __name__ == "__main__":
    # It keeps all it has in this process. Looking through that for cyclic garbage stops it for a second and longer
    # once it has the ledger of some thousand recipients, every twenty seconds; a lab does not live long enough to need
    # it.
    gc.set_threshold(50_000, 10, 100_000)
    lambda_runtime.zipfile = _Zipfile()
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
