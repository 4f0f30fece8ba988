"""Tests closed pipes, full disks and odd arguments."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shift_sms_cli.flat_commands import AWS_FAILED, DONE
from tests.support.operator_cli import OperatorCli

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


def test_given_nobody_who_reads_when_a_campaign_is_shown_then_it_ends_quietly(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Campaigns", STOPPED)

    with nobody_reads(monkeypatch):
        assert operator_cli.run("show-campaign", "august") == (DONE, "", "")


def test_given_a_closed_output_when_a_campaign_is_relaunched_then_it_is_not_deleted(
    operator_cli: OperatorCli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    operator_cli.put("Campaigns", STOPPED)

    with nobody_reads(monkeypatch):
        status, _, complaint = operator_cli.run("relaunch-campaign", "august")

    assert status == AWS_FAILED
    assert complaint == (
        "shift-sms: nobody reads any more what is done; look at it before you give the command again\n"
    )
    assert operator_cli.rows("Campaigns") == [STOPPED]


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_given_a_disk_that_is_full_when_a_campaign_is_shown_then_one_line_says_so(
    operator_cli: OperatorCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator_cli.put("Campaigns", STOPPED)

    with FULL.open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        status, _, complaint = operator_cli.run("show-campaign", "august")

    assert status == AWS_FAILED
    assert complaint == "shift-sms: what was done could not be told: [Errno 28] No space left on device\n"


def test_given_a_table_that_is_not_there_when_needed_then_it_is_named(operator_cli: OperatorCli) -> None:
    status, _, complaint = operator_cli.run("show-campaign", "august", tables=("--table", "Campaignz"))

    assert status == AWS_FAILED
    assert complaint.splitlines()[1:] == ["Is there Campaignz in this account and region?"]
