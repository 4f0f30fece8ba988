"""Tests how the installed command line begins."""

import sys

import pytest

from shift_sms_cli import start

WRONG_INPUT = 2


def test_given_no_boto3_when_the_command_line_starts_then_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "find_spec", lambda _: None)

    assert start.main() == WRONG_INPUT
    assert capsys.readouterr().err.endswith("pip install 'path/to/checkout[cli]'\n")


def test_given_an_interruption_when_it_starts_then_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted:
        def __getattr__(self, _: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "shift_sms_cli.app", Interrupted())

    assert start.main() == 1
    assert capsys.readouterr().err == "shift-sms: stopped; nothing was done\n"


def test_given_the_version_option_when_it_starts_then_it_prints_the_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["shift-sms", "--version"])

    assert start.main() == 0
    assert capsys.readouterr().out.startswith("shift-sms ")
