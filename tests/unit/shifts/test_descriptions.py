"""Tests the description of a shift."""

from typing import Any

import pytest

from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.shifts.descriptions import details as details_of
from tests.support.shift_builders import shift


@pytest.mark.parametrize(
    ("attributes", "details"),
    [
        ({"shift_info": "15/08 5h nightshift", "starts_at": "2026-08-15T22:00Z"}, "15/08 5h nightshift"),
        (
            {
                "starts_at": "2026-08-15T22:00+02:00",
                "ends_at": "2026-08-16T03:00+02:00",
                "timezone": "Europe/Berlin",
                "role": "nurse",
                "site": "Ward 3",
            },
            "Sat 15 Aug 22:00-03:00 nurse Ward 3",
        ),
        ({"starts_at": "2026-08-15T22:00Z"}, "Sat 15 Aug 22:00"),
        ({"role": "nurse"}, "nurse"),
        ({}, ""),
    ],
)
def test_given_a_shift_when_described_then_by_info_or_else_by_time_role_and_site(
    attributes: dict[str, Any], details: str
) -> None:
    assert details_of(shift(**attributes), locale("shifts", "en")) == details
