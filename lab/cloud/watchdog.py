"""Ends the embedded cloud when the process that started it ends, even with SIGKILL.

The watchdog runs between the two processes. Its standard input is a pipe that closes when the owner ends. The
watchdog starts the command and waits for the command or the owner to end. Then it kills the command with all
its descendants (the functions' workers) and removes the command's folder.

It is started by path in isolated mode, `python -I watchdog.py FOLDER LOG COMMAND [ARGUMENT ...]`, so that the
command sees the installed packages but nothing of this repository. Exits with the command's status.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil

_END_SECONDS = 5.0


class _StopRequested(Exception):
    """A signal asked the watchdog itself to stop."""


def _request_stop(_signal: int, _frame: FrameType | None) -> None:
    raise _StopRequested


def _owner_has_ended() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], 0.2)
    return bool(readable) and not os.read(sys.stdin.fileno(), 1)


def wait_for_end(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Waits until the processes have ended; returns those that still run.

    A zombie has ended. The init process of a container can take many seconds to remove it.
    """
    deadline = time.monotonic() + seconds
    while True:
        running = [process for process in processes if not _has_ended(process)]
        if not running or time.monotonic() > deadline:
            return running
        time.sleep(0.02)


def _has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _kill(command: subprocess.Popen[bytes]) -> None:
    # No graceful stop: the cloud keeps no state beyond its process.
    descendants: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        descendants = psutil.Process(command.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        os.killpg(command.pid, signal.SIGKILL)
    for process in descendants:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_for_end(descendants, _END_SECONDS)


def main(folder: Path, log: Path, argv: list[str]) -> int:
    """Runs the command until the command or the owner ends; returns the command's exit status."""
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
            while command.poll() is None and not _owner_has_ended():
                pass
        status = command.poll()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _kill(command)
    # If the command ended by itself, the owner still reads its log and removes the folder.
    if status is None:
        shutil.rmtree(folder, ignore_errors=True)
    return command.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
