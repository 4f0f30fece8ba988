"""Run a command whose cache knows one user at a time: two makes in one folder would corrupt or block each other.

Usage: run_exclusively.py LOCK_FILE COMMAND [ARGUMENT ...]
The lock is the operating system's: it dies with the process, so nothing stale can stay.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path


def main(lock: str, *command: str) -> int:
    """Wait for the lock, run the command, return its exit status."""
    with Path(lock).open(encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
