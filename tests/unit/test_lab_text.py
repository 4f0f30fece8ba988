"""`make text` says what is wrong, and tells by its exit status whose turn it is."""

from pathlib import Path

import pytest

from lab import running, text
from lab.running import AnotherLab, NoLab, RunningLab, announce, only_lab_here, running_lab


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_FOLDER", tmp_path)
    monkeypatch.setattr(running, "_PHONE_NETWORK", tmp_path / "url")
    monkeypatch.setattr(running, "_CLOUD", tmp_path / "cloud-url")


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
def test_given_no_text_that_could_be_sent_when_asked_then_it_says_what_is_wrong(
    sender: str, body: str, hint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMS_FROM", sender)
    monkeypatch.setenv("SMS_BODY", body)

    assert text.main() == text.WRONG_USE
    assert hint in capsys.readouterr().err


def test_given_no_lab_when_texted_then_it_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMS_FROM", "+14255550101")
    monkeypatch.setenv("SMS_BODY", "XYZ123")

    assert text.main() == text.SILENCE
    assert "make lab" in capsys.readouterr().err


def test_given_a_lab_when_looked_for_then_it_is_found_until_it_ends() -> None:
    lab = RunningLab(phone_network_url="http://127.0.0.1:1", cloud_url="http://127.0.0.1:2")
    with only_lab_here():
        announce(lab)
        assert running_lab() == lab

    with pytest.raises(NoLab):
        running_lab()


def test_given_a_lab_when_another_starts_in_its_folder_then_only_the_other_is_refused() -> None:
    lab = RunningLab(phone_network_url="http://127.0.0.1:1", cloud_url="http://127.0.0.1:2")
    with only_lab_here():
        announce(lab)
        with pytest.raises(AnotherLab), only_lab_here():
            pytest.fail("two labs in one folder")
        assert running_lab() == lab
