"""Tests which time zone a recipient has."""

from zoneinfo import ZoneInfo

import pytest

from shift_sms_runtime.messaging.time_zones import time_zone


@pytest.mark.parametrize(
    ("names", "zone"),
    [
        (["America/Lima", "Asia/Tokyo"], "America/Lima"),
        (["", "Asia/Tokyo"], "Asia/Tokyo"),
        (["Europe/Berln", "Europe", "../etc/passwd", "x" * 300, " Asia/Tokyo "], "Asia/Tokyo"),
        ([], "Europe/Berlin"),
    ],
)
def test_given_names_of_zones_when_read_then_the_first_that_exists_counts(
    names: list[str], zone: str
) -> None:
    assert time_zone(names, ZoneInfo("Europe/Berlin")).key == zone
