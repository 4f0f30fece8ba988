"""Tests which shifts a filter matches."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.shift_lists.list_filter import ListFilter, wanted_dates
from tests.support.shift_builders import shift

SATURDAY_NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "today", "first", "last"),
    [
        (DaysWanted.TODAY, date(2026, 8, 5), date(2026, 8, 5), date(2026, 8, 5)),
        (DaysWanted.TOMORROW, date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 1)),
        (DaysWanted.WEEKEND, date(2026, 8, 5), date(2026, 8, 8), date(2026, 8, 9)),
        (DaysWanted.WEEKEND, date(2026, 8, 8), date(2026, 8, 8), date(2026, 8, 9)),
        (DaysWanted.WEEKEND, date(2026, 8, 9), date(2026, 8, 9), date(2026, 8, 9)),
        (DaysWanted.WEEKEND, date(2026, 8, 10), date(2026, 8, 15), date(2026, 8, 16)),
        (DaysWanted.FRIDAY, date(2026, 8, 5), date(2026, 8, 7), date(2026, 8, 7)),
        (DaysWanted.FRIDAY, date(2026, 8, 7), date(2026, 8, 7), date(2026, 8, 7)),
        (DaysWanted.FRIDAY, date(2026, 8, 8), date(2026, 8, 14), date(2026, 8, 14)),
        (DaysWanted.MONDAY, date(2026, 8, 9), date(2026, 8, 10), date(2026, 8, 10)),
    ],
)
def test_given_days_when_resolved_then_they_are_the_next_ones(
    days: DaysWanted, today: date, first: date, last: date
) -> None:
    assert wanted_dates(days, today) == (first, last)


@pytest.mark.parametrize(
    ("days", "asked_at", "attributes", "matches"),
    [
        # In Los Angeles it is Saturday evening; in UTC it is Sunday.
        (DaysWanted.TOMORROW, "2026-08-02T03:00Z", {"starts_at": "2026-08-02T16:00-07:00"}, False),
        (
            DaysWanted.TOMORROW,
            "2026-08-02T03:00Z",
            {"starts_at": "2026-08-02T16:00", "timezone": "America/Los_Angeles"},
            True,
        ),
        # The day of 25 hours on which clocks go back in Berlin.
        (
            DaysWanted.TODAY,
            "2026-10-25T00:30Z",
            {"starts_at": "2026-10-25T23:30", "timezone": "Europe/Berlin"},
            True,
        ),
        (
            DaysWanted.TODAY,
            "2026-10-25T00:30Z",
            {"starts_at": "2026-10-26T00:00", "timezone": "Europe/Berlin"},
            False,
        ),
        # The day of 23 hours on which they go forward.
        (
            DaysWanted.TOMORROW,
            "2026-03-28T22:59Z",
            {"starts_at": "2026-03-29T00:00", "timezone": "Europe/Berlin"},
            True,
        ),
        (
            DaysWanted.TOMORROW,
            "2026-03-28T23:00Z",
            {"starts_at": "2026-03-29T00:00", "timezone": "Europe/Berlin"},
            False,
        ),
        (DaysWanted.WEEKEND, "2026-08-05T12:00Z", {"starts_at": "2026-08-07T23:59Z"}, False),
        (DaysWanted.WEEKEND, "2026-08-05T12:00Z", {"starts_at": "2026-08-09T23:59Z"}, True),
        (DaysWanted.TODAY, "2026-08-05T12:00Z", {}, False),
        (None, "2026-08-05T12:00Z", {}, True),
    ],
)
def test_given_days_when_compared_then_in_the_zone_of_the_shift(
    days: DaysWanted | None, asked_at: str, attributes: dict[str, Any], matches: bool
) -> None:
    limited_to = ListFilter(ShiftFilter(days), datetime.fromisoformat(asked_at))
    assert limited_to.matches(shift(**attributes)) is matches


@pytest.mark.parametrize(
    ("words", "attributes", "matches"),
    [
        (("harbor",), {"site": "Harbor"}, True),
        (("harbor",), {"site": "North Harbor 3"}, True),
        (("north", "harbor"), {"site": "North Harbor 3"}, True),
        (("north", "harbor"), {"site": "South Harbor 3"}, False),
        (("harbor", "bar"), {"site": "Harbor", "role": "bar"}, True),
        (("harbor", "bar"), {"site": "Harbor", "role": "nurse"}, False),
        (("nurses",), {"role": "nurse"}, True),
        (("kellnerin",), {"role": "Kellner"}, True),
        (("bars",), {"role": "bar"}, True),
        (("barge",), {"role": "bar"}, False),
        (("a",), {"site": "as"}, False),
        (("malaga",), {"site": "Málaga"}, True),
        (("málaga",), {"site": "Malaga"}, True),
        (("ward", "3"), {"site": "Ward 3"}, True),
        (("ward", "3"), {"site": "Ward 4"}, False),
        (("in", "harbor"), {"site": "Harbor"}, True),
        (("in",), {"site": "Harbor"}, False),
        (("la",), {"site": "LA"}, True),
        (("harbor",), {"shift_info": "5h in the harbor"}, True),
        (("harbor",), {"shift_info": "5h in the harbor", "site": "Airport"}, False),
        (("harbor",), {}, False),
        (("north-harbor",), {"site": "North Harbor"}, True),
        (("harbor",), {"site": "Puerto Norte"}, True),
        (("puerto",), {"site": "Harbor"}, True),
        (("nurse",), {"role": "Enfermería"}, True),
        (("nurse",), {"role": "Pfleger", "site": "Hafen"}, True),
        (("nurse",), {"role": "Kellner"}, False),
        (("--",), {"site": "Harbor"}, True),
        ((), {"site": "Harbor"}, True),
    ],
)
def test_given_words_when_compared_then_each_is_one_of_the_site_or_the_role(
    words: tuple[str, ...], attributes: dict[str, Any], matches: bool
) -> None:
    assert ListFilter(ShiftFilter(None, words), SATURDAY_NOON).matches(shift(**attributes)) is matches
