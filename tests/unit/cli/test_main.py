"""Tests closed pipes, full disks and odd arguments."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shift_sms_cli.flat_commands import AWS_FAILED, DONE, WRONG_INPUT
from tests.support.operator_cli import OperatorCli

FULL = Path("/dev/full")


@contextmanager
def nobody_reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The output goes into a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", pipe)
        yield


@pytest.mark.parametrize("shifts", [1, 400], ids=["little", "much"])
def test_given_nobody_who_reads_when_messages_are_shown_then_it_ends_quietly(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch, shifts: int
) -> None:
    for number in range(shifts):
        message = {"message_id": f"m{number}", "message_status": "open", "received_at": "x", "text": "x" * 40}
        operator_cli.put("OperatorInbox", message)

    with nobody_reads(monkeypatch):
        assert operator_cli.run("show-messages") == (DONE, "", "")


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_given_a_disk_that_is_full_when_messages_are_shown_then_one_line_says_so(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FULL.open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        status, _, complaint = operator_cli.run("show-messages")

    assert status == AWS_FAILED
    assert complaint == "shift-sms: what was done could not be told: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("words", "status"), [(("--", "-yes"), WRONG_INPUT), (("-yes",), None)], ids=["told how", "as an option"]
)
def test_given_a_reply_that_looks_like_an_option_when_given_then_it_says_how(
    operator_cli: OperatorCli, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int | None
) -> None:
    arguments = (
        "answer-message",
        "6f1c2a",
        "--table",
        "OperatorInbox",
        "--employees-table",
        "Employees",
        *words,
    )
    if status is None:
        with pytest.raises(SystemExit):
            operator_cli.run(*arguments, tables=())
        assert "TEXT (what begins with - comes last, after --)" in capsys.readouterr().err
    else:
        _, _, complaint = operator_cli.run(*arguments, tables=())
        assert "there is no message 6f1c2a" in complaint


def test_given_a_table_that_is_not_there_when_needed_then_it_is_named(operator_cli: OperatorCli) -> None:
    status, _, complaint = operator_cli.run("show-messages", tables=("--table", "Messagez"))

    assert status == AWS_FAILED
    assert complaint.splitlines()[1:] == ["Is there Messagez in this account and region?"]
