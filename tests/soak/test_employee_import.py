"""Imports 100,000 employees into the deployed system, with progress, and interrupts and continues the import."""

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from lab.lab_system import LabSystem
from lab.operator_setup import operator_environment

pytestmark = pytest.mark.timeout(1800)

EMPLOYEES = 100_000
MAX_MEGABYTES = 250
"""An interpreter with the AWS client takes about 100."""

_INTERRUPTED = re.compile(
    r"stopped: ([\d,]+) of 100,000 employees are loaded; run the command again to continue"
)
_PROGRESS = re.compile(r"(\d+)/100000")


_PROGRAM = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from shift_sms_cli.start import main; sys.exit(main())"
)
"""The command line. A test that runs in the background of a shell would hand on that Ctrl-C is ignored."""


@dataclass
class Command:
    """A command with a terminal."""

    process: subprocess.Popen[bytes]
    shown: str = ""
    """What it printed on the terminal."""
    peak: int = 0
    """The most bytes of memory that it held."""
    _threads: list[threading.Thread] = field(default_factory=list)

    def finish(self) -> int:
        """Waits for the end; returns the exit code."""
        code = self.process.wait()
        for thread in self._threads:
            thread.join()
        return code

    def watch(self, terminal: int) -> None:
        """Follows the terminal and the memory."""
        self._threads += [
            threading.Thread(target=self._read, args=[terminal]),
            threading.Thread(target=self._measure),
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, terminal: int) -> None:
        while True:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                return
            if not chunk:
                return
            self.shown += chunk.decode(errors="replace")

    def _measure(self) -> None:
        program = psutil.Process(self.process.pid)
        while self.process.poll() is None:
            try:
                self.peak = max(self.peak, program.memory_info().rss)
            except psutil.NoSuchProcess:
                return
            time.sleep(0.2)


@pytest.fixture
def system() -> Iterator[LabSystem]:
    """The system with cached permissions, because authorizing every call takes half of the processor time."""
    with LabSystem() as up, up.cached_permissions():
        yield up


@contextmanager
def importing(system: LabSystem, file: Path) -> Iterator[Command]:
    """Runs the import with a terminal as its standard error."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "employees", "import", str(file), "--env", "local"],
        env=operator_environment(system) | {"TERM": "xterm", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    command = Command(process)
    command.watch(ours)
    try:
        yield command
    finally:
        if process.poll() is None:
            process.kill()
        command.finish()
        os.close(ours)


def roster(file: Path) -> Path:
    with file.open("w", encoding="utf-8") as rows:
        rows.write("phone_number;name;language;roles\n")
        rows.writelines(f"+1425{2_000_000 + n};Employee {n};Spanish;Bar\n" for n in range(EMPLOYEES))
    return file


def test_given_100000_employees_when_interrupted_and_continued_then_all_are_loaded(
    system: LabSystem, tmp_path: Path
) -> None:
    file = roster(tmp_path / "employees.csv")
    with importing(system, file) as command:
        while not (done := [int(found) for found in _PROGRESS.findall(command.shown)]) or done[-1] < 10_000:
            assert command.process.poll() is None, command.shown[-2000:]
            time.sleep(0.2)
        command.process.send_signal(signal.SIGINT)
        assert command.finish() == 1
    interrupted = _INTERRUPTED.search(" ".join(command.shown.split()))
    assert interrupted, command.shown[-2000:]
    assert "Traceback" not in command.shown
    loaded = int(interrupted[1].replace(",", ""))
    assert 10_000 <= loaded < EMPLOYEES

    with importing(system, file) as command:
        assert command.finish() == 0, command.shown[-2000:]
    shown = " ".join(command.shown.split())
    result = re.search(
        r"100,000 employees loaded \(([\d,]+) added, 0 changed, ([\d,]+) unchanged\), 0 rejected", shown
    )
    assert result, shown[-2000:]
    assert int(result[2].replace(",", "")) == loaded
    assert command.peak < MAX_MEGABYTES * 2**20
    # The bar moved on.
    assert len(set(_PROGRESS.findall(command.shown))) > 10
    assert len(system.rows(system.outputs.employees_table_name)) == EMPLOYEES
    assert len(system.rows(system.outputs.segment_members_table_name)) == EMPLOYEES
