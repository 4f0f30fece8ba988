"""Tests the errors and exit statuses of `make text`."""

from pathlib import Path

import pytest

from lab import discovery, send_text
from lab.discovery import (
    LabAlreadyRunning,
    NoRunningLab,
    RunningLab,
    find_running_lab,
    lock_lab_folder,
    publish_addresses,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_FOLDER", tmp_path)
    monkeypatch.setattr(discovery, "_PHONE_NETWORK", tmp_path / "url")
    monkeypatch.setattr(discovery, "_CLOUD", tmp_path / "cloud-url")
    monkeypatch.setattr(discovery, "_CONNECTION", tmp_path / "connection.json")


@pytest.mark.parametrize(
    ("sender", "body", "hint"),
    [
        ("", "XYZ123", "make text FROM=+14255550101 BODY=XYZ123"),
        ("+14255550101", "", "make text FROM=+14255550101 BODY=XYZ123"),
        ("14255550101", "XYZ123", "E.164"),
        ("+1 425 555-0101", "XYZ123", "E.164"),
        ("Ann", "XYZ123", "E.164"),
    ],
)
def test_given_an_invalid_text_when_sent_then_the_error_names_the_problem(
    sender: str, body: str, hint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMS_FROM", sender)
    monkeypatch.setenv("SMS_BODY", body)

    assert send_text.main() == send_text.USAGE_ERROR
    assert hint in capsys.readouterr().err


def test_given_no_lab_when_texted_then_the_error_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMS_FROM", "+14255550101")
    monkeypatch.setenv("SMS_BODY", "XYZ123")

    assert send_text.main() == send_text.NO_REPLY
    assert "make lab" in capsys.readouterr().err


def test_given_a_lab_when_looked_up_then_it_is_found_until_it_ends() -> None:
    lab = RunningLab(phone_network_url="http://127.0.0.1:1", cloud_url="http://127.0.0.1:2")
    with lock_lab_folder():
        publish_addresses(lab)
        assert find_running_lab() == lab

    with pytest.raises(NoRunningLab):
        find_running_lab()


def test_given_a_lab_when_another_starts_in_its_folder_then_the_second_fails() -> None:
    lab = RunningLab(phone_network_url="http://127.0.0.1:1", cloud_url="http://127.0.0.1:2")
    with lock_lab_folder():
        publish_addresses(lab)
        with pytest.raises(LabAlreadyRunning), lock_lab_folder():
            pytest.fail("two labs in one folder")
        assert find_running_lab() == lab
