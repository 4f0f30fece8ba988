"""Everything a fresh clone needs, from Python and a network alone.

`make` runs this before each target. It makes .venv (Python packages, Node among them) and node_modules (the CDK
command line) from the lock files, and does nothing when both are as the lock files say. Two makes in one folder
take turns. What goes wrong is told with what to do about it.

Standard library only: nothing is installed yet when this runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
PYTHON_LOCK = ROOT / "requirements-dev.txt"
NODE_LOCK = ROOT / "package-lock.json"
RUNTIME_WHEELS = VENV / "runtime-wheels"
RUNTIME_LOCK = ROOT / "lambda" / "requirements.txt"
STAMP = ".installed-from"

UNREACHED = """\
The package registry was not reached. Check the network, and the proxy or mirror that pip and npm are set to use
(pip config list, npm config list); then run the same command again: it goes on where it stopped."""
DISK_FULL = """\
The disk is full: about 2 GB are needed. Make room and run the same command again."""
DAMAGED = """\
A package is not the one that was locked: its hash differs. A mirror or a cache may hold a damaged copy; try again
with an empty cache (pip cache purge, npm cache clean --force)."""
NO_VENV = """\
This Python came without venv. On Debian and Ubuntu: apt install python3-venv (or python3.12-venv and so on)."""
NO_BUILD = """\
A package has no build for this Python or machine. CPython 3.11 to 3.14 on Linux and macOS are what the lock files
are for; choose another Python with: make clean && make setup PYTHON=python3.12"""
# What pip and npm print, in small letters, and what it means; the first that fits is told.
SYMPTOMS = {
    "no space left": DISK_FULL,
    "ensurepip": NO_VENV,
    "do not match the hashes": DAMAGED,
    "eintegrity": DAMAGED,
    "name resolution": UNREACHED,
    "getaddrinfo": UNREACHED,
    "enotfound": UNREACHED,
    "eai_again": UNREACHED,
    "econnrefused": UNREACHED,
    "etimedout": UNREACHED,
    "unreachable": UNREACHED,
    "newconnectionerror": UNREACHED,
    "connecttimeout": UNREACHED,
    "max retries": UNREACHED,
    "timed out": UNREACHED,
    "proxyerror": UNREACHED,
    "no matching distribution": NO_BUILD,
    "failed building wheel": NO_BUILD,
    "failed to build": NO_BUILD,
}


class SetupError(Exception):
    """A step that failed, with what it printed."""

    def __init__(self, step: str, output: str) -> None:
        super().__init__(step)
        self.step = step
        self.output = output

    def advice(self) -> str:
        """Return what a person can do about it."""
        said = self.output.lower()
        for sign, advice in SYMPTOMS.items():
            if sign in said:
                return advice
        return "Run the same command again; if it fails again, start from nothing: make clean && make setup"


def run(step: str, command: list[str], env: dict[str, str] | None = None) -> None:
    """Run one step silently; raise SetupError with its output if it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SetupError(step, str(error)) from error
    if done.returncode != 0:
        raise SetupError(step, done.stdout)


def say(text: str) -> None:
    """Tell the person what is going on."""
    print(f"setup: {text}", flush=True)


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Hold this folder's setup to oneself. The lock dies with the process, so nothing stale can stay."""
    with PYTHON_LOCK.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another make is setting up this folder; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def digest(lock: Path) -> str:
    """Identify what a lock file asks for."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def installed(folder: Path, lock: Path) -> bool:
    """Whether the folder was filled from this very lock file, at this very place."""
    try:
        filled_from = (folder / STAMP).read_text(encoding="utf-8")
    except OSError:
        return False
    return filled_from == f"{digest(lock)} {ROOT}" and VENV_PYTHON.exists()


def mark(folder: Path, lock: Path) -> None:
    """Remember what the folder was filled from."""
    (folder / STAMP).write_text(f"{digest(lock)} {ROOT}", encoding="utf-8")


def usable_venv() -> bool:
    """Whether the virtual environment runs here: not moved, its Python not upgraded away or too old."""
    probe = f"import sys, pip; sys.exit(sys.version_info < (3, 11) or sys.prefix != {str(VENV)!r})"
    try:
        probed = subprocess.run([str(VENV_PYTHON), "-I", "-c", probe], check=False, capture_output=True)
    except OSError:
        return False
    return probed.returncode == 0


def install_python_packages() -> None:
    """Fill .venv from requirements-dev.txt."""
    if not usable_venv():
        version = ".".join(map(str, sys.version_info[:3]))
        say(f"making .venv with Python {version}")
        shutil.rmtree(VENV, ignore_errors=True)
        run("making the virtual environment", [sys.executable, "-m", "venv", str(VENV)])
    say("installing Python packages, Node among them (a minute or two the first time)")
    pip("installing Python packages", "install", "--require-hashes", "-r", str(PYTHON_LOCK))
    mark(VENV, PYTHON_LOCK)


def fetch_runtime_packages() -> None:
    """Keep what is bundled with the functions at hand, so that synthesis asks nobody for it."""
    say("fetching the packages that are bundled with the functions")
    shutil.rmtree(RUNTIME_WHEELS, ignore_errors=True)
    pure = ["--only-binary=:all:", "--implementation", "py", "--platform", "any", "--abi", "none"]
    lock = ["--require-hashes", "-r", str(RUNTIME_LOCK)]
    pip("fetching the functions' packages", "download", *pure, *lock, "--dest", str(RUNTIME_WHEELS))
    mark(RUNTIME_WHEELS, RUNTIME_LOCK)


def pip(step: str, command: str, *arguments: str) -> None:
    """Run the virtual environment's pip, without the habits a user may have given pip."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    env = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    run(step, [str(VENV_PYTHON), "-I", "-m", "pip", command, *quiet, *arguments], env)


def install_node_packages() -> None:
    """Fill node_modules from package-lock.json."""
    say("installing the CDK command line")
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    npm = [str(VENV / "bin" / "npm"), "ci", "--ignore-scripts", *quiet]
    run("installing the CDK command line", npm, env)
    mark(NODE_MODULES, NODE_LOCK)


def main() -> int:
    """Set up what is missing; return the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older one may well have been named
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"setup: Python 3.11 or newer is needed; this is {found} ({sys.executable}).", file=sys.stderr)
        print("Name another one: make setup PYTHON=/path/to/python3.12", file=sys.stderr)
        return 1
    folders = ((VENV, PYTHON_LOCK), (RUNTIME_WHEELS, RUNTIME_LOCK), (NODE_MODULES, NODE_LOCK))
    if all(installed(folder, lock) for folder, lock in folders):
        return 0
    started = time.monotonic()
    try:
        with turn():
            if not (installed(VENV, PYTHON_LOCK) and usable_venv()):
                install_python_packages()
            if not installed(RUNTIME_WHEELS, RUNTIME_LOCK):
                fetch_runtime_packages()
            if not installed(NODE_MODULES, NODE_LOCK):
                install_node_packages()
    except SetupError as error:
        tail = "\n".join(f"  {line}" for line in error.output.strip().splitlines()[-20:])
        print(f"setup: {error.step} failed:\n{tail}\n\n{error.advice()}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: stopped; the next make goes on where this one was", file=sys.stderr)
        return 130
    say(f"ready after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
