"""Tests overlap, rest and weekly hours."""

from datetime import timedelta

import pytest

from shift_sms_runtime.bookings.conflicts import Conflict, ConflictKind, find_conflict
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.shift_times import Span
from tests.support.shift_builders import BERLIN, NOW, bookings_at, span

NIGHT = span("2026-08-15T22:00", "2026-08-16T06:00")


def conflict_of(
    times: Span | None,
    bookings: EmployeeBookings,
    *,
    minimum_rest_hours: float = 0,
    hours_per_week: float = 0,
) -> Conflict | None:
    """Returns the conflict between a shift at these times and the bookings."""
    policy = BookingPolicy(minimum_rest_hours=minimum_rest_hours, hours_per_week=hours_per_week)
    return find_conflict("A1", times, BERLIN, bookings=bookings, policy=policy)


@pytest.mark.parametrize(
    ("other", "rest", "conflict"),
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
def test_given_a_booked_night_when_another_shift_is_compared_then_conflict_or_not(
    other: Span, rest: int, conflict: ConflictKind | None
) -> None:
    expected = Conflict(conflict, ("S0",)) if conflict else None
    assert conflict_of(other, bookings_at(NIGHT), minimum_rest_hours=rest) == expected
    reverse = conflict_of(NIGHT, bookings_at(other), minimum_rest_hours=rest)
    assert reverse == expected, "the order of the bookings does not matter"


@pytest.mark.parametrize(("limit", "conflict"), [(16, True), (17, False), (0, False)])
def test_given_the_night_clocks_go_back_when_hours_are_limited_then_it_counts_nine(
    limit: float, conflict: bool
) -> None:
    day = span("2026-10-23T08:00", "2026-10-23T16:00")
    night = span("2026-10-24T22:00", "2026-10-25T06:00")
    found = conflict_of(night, bookings_at(day), hours_per_week=limit)
    assert found == (Conflict(ConflictKind.HOURS, ("S0",)) if conflict else None)


def test_given_a_night_into_monday_when_hours_are_limited_then_both_weeks_count() -> None:
    sunday = span("2026-08-16T08:00", "2026-08-16T14:00")
    monday = span("2026-08-17T12:00", "2026-08-17T16:00")
    night = span("2026-08-16T20:00", "2026-08-17T04:00")
    assert conflict_of(night, bookings_at(sunday, monday), hours_per_week=10) is None
    too_many = conflict_of(night, bookings_at(sunday, monday), hours_per_week=9)
    assert too_many == Conflict(ConflictKind.HOURS, ("S0",))


def test_given_bookings_without_times_when_compared_then_they_conflict_with_nothing() -> None:
    booked = EmployeeBookings().with_booking(Booking("S0", None, NOW))
    assert conflict_of(NIGHT, booked, minimum_rest_hours=11, hours_per_week=8) is None
    assert conflict_of(None, bookings_at(NIGHT), minimum_rest_hours=11, hours_per_week=1) is None
    assert booked.current(NOW + timedelta(days=29)) == booked
    assert booked.current(NOW + timedelta(days=31)) == EmployeeBookings()
    assert bookings_at(NIGHT).current(NIGHT.end + timedelta(days=9)) == EmployeeBookings()


def test_given_hours_exactly_at_the_weekly_limit_when_added_up_then_no_conflict() -> None:
    lengths = [(3, 0), (4, 0), (4, 10), (4, 10), (4, 40)]
    days = [
        span(f"2026-08-{10 + day}T08:00", f"2026-08-{10 + day}T{8 + hours:02}:{minutes:02}")
        for day, (hours, minutes) in enumerate(lengths)
    ]
    assert conflict_of(days[-1], bookings_at(*days[:-1]), hours_per_week=20) is None
    assert conflict_of(days[-1], bookings_at(*days[:-1]), hours_per_week=19.5) is not None
