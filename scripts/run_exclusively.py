"""Runs a command while holding a file lock, for commands whose cache allows one process at a time.

Usage: run_exclusively.py LOCK_FILE COMMAND [ARGUMENT ...]
The operating system releases the lock when the process ends, even when it is killed.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path


def main(lock: str, *command: str) -> int:
    """Waits for the lock and runs the command; returns its exit status."""
    with Path(lock).open(encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
