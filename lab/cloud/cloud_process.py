"""Runs ministack with less work per function start and fewer garbage collections."""

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


if __name__ == "__main__":
    # ministack keeps all data in this process. With the ledger of a few thousand recipients, every full garbage
    # collection stops it for a second or longer. A lab does not run long enough to need them.
    gc.set_threshold(50_000, 10, 100_000)
    lambda_runtime.zipfile = _Zipfile()
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
