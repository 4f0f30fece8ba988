"""What a shell does to the command line: pipes that are closed early, disks that are full, boto3 that is missing."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shift_sms_cli import start
from shift_sms_cli.__main__ import AWS_FAILED, DONE, WRONG_INPUT
from tests.desk import Desk

FULL = Path("/dev/full")
STOPPED = {
    "campaign_id": "august",
    "campaign_message": "Shifts: XYZ123",
    "segment": "night",
    "campaign_status": "stopped",
}


@contextmanager
def nobody_reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The output goes into a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", pipe)
        yield


@pytest.mark.parametrize("shifts", [1, 400], ids=["little", "much"])
def test_given_nobody_who_reads_when_shifts_are_shown_then_it_ends_quietly(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, shifts: int
) -> None:
    for number in range(shifts):
        desk.put("Shifts", {"shift_id": f"S{number}", "shift_info": "x" * 40, "shift_status": "available"})

    with nobody_reads(monkeypatch):
        assert desk.run("show-shifts") == (DONE, "", "")


def test_given_nobody_who_reads_when_all_is_done_then_its_status_is_the_usual(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, complaint = desk.run("load-shifts", desk.file("shift_id,shift_info\nA1,Day\nSTOP,Day\n"))

    assert status == WRONG_INPUT
    assert complaint.count("\n") == 1
    assert [row["shift_id"] for row in desk.rows("Shifts")] == ["A1"]


def test_given_nobody_who_reads_when_a_campaign_is_relaunched_then_it_is_not_deleted_before_it_is_told(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.put("Campaigns", STOPPED)

    with nobody_reads(monkeypatch):
        status, _, complaint = desk.run("relaunch-campaign", "august")

    assert status == AWS_FAILED
    assert complaint == (
        "shift-sms: nobody reads any more what is done; look at it before you give the command again\n"
    )
    assert desk.rows("Campaigns") == [STOPPED]


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_given_a_disk_that_is_full_when_shifts_are_shown_then_one_line_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FULL.open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        status, _, complaint = desk.run("show-shifts")

    assert status == AWS_FAILED
    assert complaint == "shift-sms: what was done could not be told: [Errno 28] No space left on device\n"


def test_given_no_boto3_when_the_command_line_starts_then_one_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "find_spec", lambda _: None)

    assert start.main() == WRONG_INPUT
    assert capsys.readouterr().err.endswith("pip install 'path/to/checkout[cli]'\n")


def test_given_boto3_when_the_command_line_starts_then_it_is_the_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["shift-sms", "--help"])

    with pytest.raises(SystemExit):
        start.main()
    assert "put-campaign" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status"), [(("--", "-yes"), WRONG_INPUT), (("-yes",), None)], ids=["told how", "as an option"]
)
def test_given_a_text_that_looks_like_an_option_when_answered_then_it_is_told_how_to_give_it(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int | None
) -> None:
    arguments = ("answer-message", "6f1c2a", "--table", "Messages", "--employees-table", "Employees", *words)
    if status is None:
        with pytest.raises(SystemExit):
            desk.run(*arguments, tables=())
        assert "TEXT (what begins with - comes last, after --)" in capsys.readouterr().err
    else:
        _, _, complaint = desk.run(*arguments, tables=())
        assert "there is no message 6f1c2a" in complaint


def test_given_a_table_that_is_not_there_when_needed_then_it_is_named(desk: Desk) -> None:
    status, _, complaint = desk.run("show-shifts", tables=("--table", "Shiftz"))

    assert status == AWS_FAILED
    assert complaint.splitlines()[1:] == ["Is there Shiftz in this account and region?"]
