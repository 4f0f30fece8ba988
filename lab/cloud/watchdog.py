"""The embedded cloud must not outlive whoever started it, however that ends: Ctrl-C, an error, `kill -9`.

No signal tells of the last one on every system, but a pipe does: it closes with the process that holds its other
end. So this small process stands between the two. It starts the command, waits for either to end, then ends the
command with all its descendants (the functions' workers) and removes the command's folder.

Started by path in isolated mode, `python -I watchdog.py FOLDER LOG COMMAND [ARGUMENT ...]`, so that what it starts
sees the installed packages and nothing of this repository. Exits with the command's status.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil

_END_SECONDS = 5.0


class _StopRequested(Exception):
    """Somebody asked this process itself to stop."""


def _request_stop(_signal: int, _frame: FrameType | None) -> None:
    raise _StopRequested


def _owner_is_gone() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], 0.2)
    return bool(readable) and not os.read(sys.stdin.fileno(), 1)


def _end(command: subprocess.Popen[bytes]) -> None:
    # At once: what it knows is gone with it anyway.
    family: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(command.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        os.killpg(command.pid, signal.SIGKILL)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=_END_SECONDS)


def main(folder: Path, log: Path, argv: list[str]) -> int:
    """Runs the command until it or the owner ends; returns its exit status."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _request_stop)
    with log.open("wb") as output:
        command = subprocess.Popen(
            argv,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    print(command.pid, flush=True)
    try:
        with suppress(_StopRequested):
            while command.poll() is None and not _owner_is_gone():
                pass
        failed = command.poll()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _end(command)
    # When the command ended by itself the owner is there to read why, and removes the folder.
    if failed is None:
        shutil.rmtree(folder, ignore_errors=True)
    return command.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
