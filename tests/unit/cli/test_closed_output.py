"""Tests how a command ends whose output cannot be written."""

import os
import sys
from pathlib import Path

import pytest

from shift_sms_cli.app import run
from shift_sms_runtime.tables.campaigns import listing
from tests.support.clock import NOON
from tests.support.operator_world import OperatorWorld

FULL = Path("/dev/full")
AWS_FAILED = 1


def put_campaigns(world: OperatorWorld, count: int) -> None:
    message = {"campaign_message": "x" * 40, **listing(NOON)}
    world.put("Campaigns", *({"campaign_id": f"c{number}", **message} for number in range(count)))


@pytest.mark.parametrize("campaigns", [1, 300], ids=["little", "much"])
def test_given_nobody_who_reads_when_campaigns_are_listed_then_it_ends_quietly(
    operator_world: OperatorWorld,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    campaigns: int,
) -> None:
    put_campaigns(operator_world, campaigns)
    monkeypatch.setattr(sys, "argv", ["shift-sms", "campaigns", "list", "--limit", "500"])
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", pipe)
        run()
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_given_a_disk_that_is_full_when_campaigns_are_listed_then_one_line_says_so(
    operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_campaigns(operator_world, 300)
    monkeypatch.setattr(sys, "argv", ["shift-sms", "campaigns", "list", "--limit", "500"])
    with FULL.open("w") as full, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", full)
        assert run() == AWS_FAILED
    assert capsys.readouterr().err.splitlines() == [
        "shift-sms: the result could not be printed: No space left on device"
    ]
