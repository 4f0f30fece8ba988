"""Tests that a file is replaced when it is complete, and stays otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shift_sms_cli.output import replacing, save_csv
from shift_sms_operator.refusals import Refused

HEADER = ("code",)


def interrupted_rows() -> Iterator[tuple[str]]:
    yield ("A1",)
    raise Refused("the next page cannot be read")


@pytest.mark.parametrize("before", [None, "code\nA0\n"])
def test_given_an_error_between_rows_when_saved_then_the_file_is_as_before(
    tmp_path: Path, before: str | None
) -> None:
    file = tmp_path / "shifts.csv"
    if before is not None:
        file.write_text(before, encoding="utf-8")

    with pytest.raises(Refused, match="the next page"):
        save_csv(file, HEADER, interrupted_rows())

    assert [one.name for one in tmp_path.iterdir()] == ([] if before is None else ["shifts.csv"])
    assert before is None or file.read_text(encoding="utf-8") == before


def test_given_a_file_when_replaced_then_its_link_and_permissions_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "audit.csv", tmp_path / "latest.csv"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o600)
    link.symlink_to(file)

    assert save_csv(link, HEADER, [("A1",), ("A2",)]) == 2

    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "code\nA1\nA2\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["audit.csv", "latest.csv"]


def test_given_a_device_when_written_then_it_is_not_replaced() -> None:
    device = Path("/dev/null")
    with replacing(device) as opened:
        opened.write("code\n")
    assert device.is_char_device()
