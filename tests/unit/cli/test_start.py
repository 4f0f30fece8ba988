"""Tests how the installed command line begins."""

import sys

import pytest

from shift_sms_cli import start
from shift_sms_cli.__main__ import WRONG_INPUT


def test_given_no_boto3_when_the_command_line_starts_then_it_says_how_to_get_it(
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
