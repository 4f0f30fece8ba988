"""Sets up a clone; it needs only Python and a network.

`make` runs this script before each target. The script creates .venv (Python packages, including Node) and
node_modules (the CDK command line) from the lock files, and does nothing if both are up to date. Two runs in the
same folder wait for each other. Errors come with advice.

The script uses the standard library only, because no package is installed yet.
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
CONSOLE_LOCK = ROOT / "lambda" / "console-requirements.txt"
STAMP = ".installed-from"

UNREACHABLE = """\
The package registry is unreachable. Check the network, and the proxy or mirror that pip and npm use (pip config list,
npm config list). Then run the same command again; it continues where it stopped."""
DISK_FULL = """\
The disk is full; setup needs about 2 GB. Free some space and run the same command again."""
DAMAGED = """\
The hash of a package differs from the lock file. A mirror or a cache may contain a damaged copy. Empty the caches and
try again: pip cache purge, npm cache clean --force"""
NO_VENV = """\
This Python has no venv module. On Debian and Ubuntu: apt install python3-venv (or python3.12-venv and so on)."""
NO_BUILD = """\
A package has no build for this Python or machine. The lock files support CPython 3.11 to 3.14 on Linux and macOS.
Choose another Python: make clean && make setup PYTHON=python3.12"""
# Messages of pip and npm in lower case; the first match decides.
SYMPTOMS = {
    "no space left": DISK_FULL,
    "ensurepip": NO_VENV,
    "do not match the hashes": DAMAGED,
    "eintegrity": DAMAGED,
    "name resolution": UNREACHABLE,
    "getaddrinfo": UNREACHABLE,
    "enotfound": UNREACHABLE,
    "eai_again": UNREACHABLE,
    "econnrefused": UNREACHABLE,
    "etimedout": UNREACHABLE,
    "unreachable": UNREACHABLE,
    "newconnectionerror": UNREACHABLE,
    "connecttimeout": UNREACHABLE,
    "max retries": UNREACHABLE,
    "timed out": UNREACHABLE,
    "proxyerror": UNREACHABLE,
    "no matching distribution": NO_BUILD,
    "failed building wheel": NO_BUILD,
    "failed to build": NO_BUILD,
}


class SetupError(Exception):
    """A step failed; `output` is what its command printed."""

    def __init__(self, step: str, output: str) -> None:
        super().__init__(step)
        self.step = step
        self.output = output

    def advice(self) -> str:
        """Returns advice for the user."""
        output = self.output.lower()
        for symptom, advice in SYMPTOMS.items():
            if symptom in output:
                return advice
        return "Run the same command again. If it fails again, start over: make clean && make setup"


def run(step: str, command: list[str], env: dict[str, str] | None = None) -> None:
    """Runs the command of a step without output. Raises SetupError if it fails."""
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


def report(text: str) -> None:
    """Prints a line about the progress."""
    print(f"setup: {text}", flush=True)


@contextlib.contextmanager
def lock_folder() -> Iterator[None]:
    """Locks this folder's setup. The operating system releases the lock when the process ends."""
    with PYTHON_LOCK.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            report("waiting for another make that is setting up this folder")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stamp(*locks: Path) -> str:
    """Returns the content of the stamp file: the digests of the lock files and the place of this folder."""
    digests = (hashlib.sha256(lock.read_bytes()).hexdigest() for lock in locks)
    return " ".join((*digests, str(ROOT)))


def is_installed(folder: Path, *locks: Path) -> bool:
    """Returns whether the folder contains the packages of the lock files and was not moved."""
    try:
        installed_from = (folder / STAMP).read_text(encoding="utf-8")
    except OSError:
        return False
    return installed_from == stamp(*locks) and VENV_PYTHON.exists()


def write_stamp(folder: Path, *locks: Path) -> None:
    """Records that the folder contains the packages of the lock files."""
    (folder / STAMP).write_text(stamp(*locks), encoding="utf-8")


def is_usable_venv() -> bool:
    """Returns whether the virtual environment works: not moved, and its Python present and recent enough."""
    probe = f"import sys, pip; sys.exit(sys.version_info < (3, 11) or sys.prefix != {str(VENV)!r})"
    try:
        probed = subprocess.run([str(VENV_PYTHON), "-I", "-c", probe], check=False, capture_output=True)
    except OSError:
        return False
    return probed.returncode == 0


def install_python_packages() -> None:
    """Installs requirements-dev.txt into .venv."""
    if not is_usable_venv():
        version = ".".join(map(str, sys.version_info[:3]))
        report(f"creating .venv with Python {version}")
        shutil.rmtree(VENV, ignore_errors=True)
        run("creating the virtual environment", [sys.executable, "-m", "venv", str(VENV)])
    report("installing Python packages, including Node (a minute or two the first time)")
    pip("installing Python packages", "install", "--require-hashes", "-r", str(PYTHON_LOCK))
    write_stamp(VENV, PYTHON_LOCK)


def download_runtime_packages() -> None:
    """Downloads the packages that are bundled with the functions, so that synthesis needs no network."""
    report("downloading the packages of the functions")
    shutil.rmtree(RUNTIME_WHEELS, ignore_errors=True)
    pure = ["--implementation", "py", "--platform", "any", "--abi", "none"]
    # Functions run on arm64. The version is that of their runtime.
    arm64 = ["--implementation", "cp", "--platform", "manylinux2014_aarch64", "--abi", "cp313"]
    for lock, platform in ((RUNTIME_LOCK, pure), (CONSOLE_LOCK, [*arm64, "--python-version", "3.13"])):
        pip(
            "downloading the packages of the functions",
            "download",
            *("--no-deps", "--only-binary=:all:", *platform, "--require-hashes", "-r", str(lock)),
            *("--dest", str(RUNTIME_WHEELS)),
        )
    write_stamp(RUNTIME_WHEELS, RUNTIME_LOCK, CONSOLE_LOCK)


def pip(step: str, command: str, *arguments: str) -> None:
    """Runs the virtual environment's pip, whatever the user's pip settings say about user installations."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    env = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    run(step, [str(VENV_PYTHON), "-I", "-m", "pip", command, *quiet, *arguments], env)


def install_node_packages() -> None:
    """Installs package-lock.json into node_modules."""
    report("installing the CDK command line")
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    npm = [str(VENV / "bin" / "npm"), "ci", "--ignore-scripts", *quiet]
    run("installing the CDK command line", npm, env)
    write_stamp(NODE_MODULES, NODE_LOCK)


def main() -> int:
    """Installs what is missing; returns the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the user can name an older one with PYTHON=
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"setup: needs Python 3.11 or newer, found {found} ({sys.executable}).", file=sys.stderr)
        print("Name another one: make setup PYTHON=/path/to/python3.12", file=sys.stderr)
        return 1
    runtime_wheels = (RUNTIME_WHEELS, RUNTIME_LOCK, CONSOLE_LOCK)
    folders = ((VENV, PYTHON_LOCK), runtime_wheels, (NODE_MODULES, NODE_LOCK))
    if all(is_installed(folder, *locks) for folder, *locks in folders):
        return 0
    started = time.monotonic()
    try:
        with lock_folder():
            if not (is_installed(VENV, PYTHON_LOCK) and is_usable_venv()):
                install_python_packages()
            if not is_installed(*runtime_wheels):
                download_runtime_packages()
            if not is_installed(NODE_MODULES, NODE_LOCK):
                install_node_packages()
    except SetupError as error:
        tail = "\n".join(f"  {line}" for line in error.output.strip().splitlines()[-20:])
        print(f"setup: {error.step} failed:\n{tail}\n\n{error.advice()}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; the next make continues where this one stopped", file=sys.stderr)
        return 130
    report(f"ready after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
