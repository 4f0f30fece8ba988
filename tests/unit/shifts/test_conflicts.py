"""Tests overlap, rest and weekly hours."""

from datetime import timedelta

import pytest

from shift_sms_runtime.shifts.booking_policy import Limits
from shift_sms_runtime.shifts.conflicts import Conflict, ConflictKind
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.shift_times import Span
from tests.support.shift_builders import BERLIN, NOW, agenda, span

NIGHT = span("2026-08-15T22:00", "2026-08-16T06:00")


@pytest.mark.parametrize(
    ("other", "rest", "clash"),
    [
        (span("2026-08-16T05:00", "2026-08-16T09:00"), 0, ConflictKind.OVERLAP),
        (span("2026-08-16T06:00", "2026-08-16T09:00"), 0, None),
        (span("2026-08-15T14:00", "2026-08-15T22:00"), 0, None),
        (span("2026-08-15T20:00", "2026-08-16T08:00"), 0, ConflictKind.OVERLAP),
        (span("2026-08-15T23:00", "2026-08-15T23:30"), 0, ConflictKind.OVERLAP),
        (span("2026-08-15T22:00", "2026-08-15T22:00"), 0, ConflictKind.OVERLAP),
        (span("2026-08-16T06:00", "2026-08-16T06:00"), 0, None),
        (span("2026-08-16T16:59", "2026-08-16T20:00"), 11, ConflictKind.REST),
        (span("2026-08-16T17:00", "2026-08-16T20:00"), 11, None),
        (span("2026-08-15T07:00", "2026-08-15T11:30"), 11, ConflictKind.REST),
        (span("2026-08-15T07:00", "2026-08-15T11:00"), 11, None),
    ],
)
def test_given_a_night_over_midnight_when_another_is_wanted_then_conflict_or_not(
    other: Span, rest: int, clash: ConflictKind | None
) -> None:
    limits = Limits(rest=timedelta(hours=rest))
    found = agenda(NIGHT).clash("A1", other, BERLIN, limits)
    assert found == (Conflict(clash, ("S0",)) if clash else None)
    reverse = agenda(other).clash("A1", NIGHT, BERLIN, limits)
    assert reverse == (Conflict(clash, ("S0",)) if clash else None), "whichever was booked first"


@pytest.mark.parametrize(("limit", "clash"), [(16, True), (17, False), (0, False)])
def test_given_the_night_of_the_clock_change_when_hours_are_limited_then_it_is_nine(
    limit: float, clash: bool
) -> None:
    day = span("2026-10-23T08:00", "2026-10-23T16:00")
    night = span("2026-10-24T22:00", "2026-10-25T06:00")
    found = agenda(day).clash("A1", night, BERLIN, Limits(hours_per_week=limit))
    assert found == (Conflict(ConflictKind.HOURS, ("S0",)) if clash else None)


def test_given_a_night_into_monday_when_hours_are_limited_then_weeks_share_it() -> None:
    sunday = span("2026-08-16T08:00", "2026-08-16T14:00")
    monday = span("2026-08-17T12:00", "2026-08-17T16:00")
    night = span("2026-08-16T20:00", "2026-08-17T04:00")
    assert agenda(sunday, monday).clash("A1", night, BERLIN, Limits(hours_per_week=10)) is None
    assert agenda(sunday, monday).clash("A1", night, BERLIN, Limits(hours_per_week=9)) == Conflict(
        ConflictKind.HOURS, ("S0",)
    )


def test_given_bookings_without_times_when_compared_then_they_clash_with_nothing() -> None:
    booked = EmployeeBookings().with_booking(Booking("S0", None, NOW))
    assert booked.clash("A1", NIGHT, BERLIN, Limits(timedelta(hours=11), 8)) is None
    assert agenda(NIGHT).clash("A1", None, BERLIN, Limits(timedelta(hours=11), 1)) is None
    assert booked.current(NOW + timedelta(days=29)) == booked
    assert booked.current(NOW + timedelta(days=31)) == EmployeeBookings()
    assert agenda(NIGHT).current(NIGHT.end + timedelta(days=9)) == EmployeeBookings()


def test_given_hours_exactly_at_the_weekly_limit_when_added_up_then_no_conflict() -> None:
    lengths = [(3, 0), (4, 0), (4, 10), (4, 10), (4, 40)]
    days = [
        span(f"2026-08-{10 + day}T08:00", f"2026-08-{10 + day}T{8 + hours:02}:{minutes:02}")
        for day, (hours, minutes) in enumerate(lengths)
    ]
    assert agenda(*days[:-1]).clash("A1", days[-1], BERLIN, Limits(hours_per_week=20)) is None
    assert agenda(*days[:-1]).clash("A1", days[-1], BERLIN, Limits(hours_per_week=19.5)) is not None
