"""Decides which employees a fill plan may text, and why it skips the others."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shift_sms_runtime.bookings.booking import has_required_role
from shift_sms_runtime.bookings.conflicts import ConflictKind, find_conflict
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.quiet_times import quiet_until
from shift_sms_runtime.fill_plans.ranking import RankingInputs
from shift_sms_runtime.messaging.quiet_hours import QuietHours
from shift_sms_runtime.messaging.time_zones import time_zone
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import EmployeeBookings
from shift_sms_runtime.shifts.shift import Shift

RANKED_DAYS = 30
"""The texts of this many days count for the order."""

PERMANENT_FAILURES = frozenset({"TEXT_INVALID", "TEXT_BLOCKED", "INVALID_NUMBER", "INVALID_PARAMETER"})
"""The reasons of failed texts after which a number is not texted by fill plans for a while.

Landlines fail with `TEXT_INVALID`. A phone that blocks texts fails with `TEXT_BLOCKED`. The others are refused before
the carrier has them. Source: "Event types" in the AWS End User Messaging SMS user guide.
"""


class SkipReason(StrEnum):
    """Why an employee of the segment is not texted in a wave."""

    INVALID_NUMBER = "invalid-number"
    NOT_ON_ROSTER = "not-on-roster"
    OPTED_OUT = "opted-out"
    TEXTED_BEFORE = "texted-before"
    """This plan has texted the employee, or an earlier one less than an hour ago."""
    WRONG_ROLE = "wrong-role"
    HAS_PLACE = "has-place"
    """The employee has a seat, an offer or a place on the waiting list of the shift."""
    SICK = "sick"
    """The employee has given the shift, or one at the same time, back because of sickness."""
    GAVE_BACK = "gave-back"
    """The employee has given the shift back by text, and has not booked it again."""
    OVERLAP = "overlap"
    REST = "rest"
    HOURS = "hours"
    UNDELIVERABLE = "undeliverable"
    """The last text to the number failed permanently, such as one to a landline."""
    DAILY_LIMIT = "daily-limit"
    """Fill plans have texted the employee `texts_per_person_per_day` times today."""
    QUIET_HOURS = "quiet-hours"
    """It is quiet in the time zone of the employee."""


_BY_CONFLICT = {
    ConflictKind.OVERLAP: SkipReason.OVERLAP,
    ConflictKind.REST: SkipReason.REST,
    ConflictKind.HOURS: SkipReason.HOURS,
}


@record
class ContactHistory:
    """The texts of fill plans to one employee."""

    by_day: Mapping[date, int] = field(default_factory=dict)
    """The number of texts by local day of the employee."""
    last_contact: str = ""
    """When the last text was planned, in ISO 8601 and UTC; empty without one."""

    def since(self, first: date) -> int:
        """Returns the number of texts on a day and after it."""
        return sum(count for day, count in self.by_day.items() if day >= first)

    def before(self, first: date) -> list[date]:
        """Returns the days before a day of which a count is stored."""
        return [day for day in self.by_day if day < first]


@record
class Candidate:
    """A member of the segment, with what decides whether the plan may text them."""

    employee: Employee
    approved: bool
    """Whether the number is on the roster, or approved without it."""
    bookings: EmployeeBookings = field(default_factory=EmployeeBookings)
    history: ContactHistory = field(default_factory=ContactHistory)
    failure: str = ""
    """Why the last text to the number failed; empty if it did not."""

    @property
    def phone_number(self) -> str:
        """The phone number."""
        return self.employee.phone_number

    def day(self, now: datetime, default: ZoneInfo) -> date:
        """Returns the local day of the employee. Without a time zone, it is the day in `default`."""
        return now.astimezone(time_zone([self.employee.timezone], default)).date()

    def new_day_at(self, now: datetime, default: ZoneInfo) -> datetime:
        """Returns when the next local day of the employee begins, in UTC. See `day`."""
        zone = time_zone([self.employee.timezone], default)
        midnight = datetime.combine(self.day(now, default) + timedelta(days=1), time(), tzinfo=zone)
        # Clocks may skip midnight. The day has then begun at the same instant.
        return midnight.astimezone(UTC)

    def quiet_until(self, shift: Shift, quiet_hours: QuietHours, now: datetime) -> datetime | None:
        """Returns when the employee's quiet hours end; None if it is not quiet.

        Without a time zone of their own, the employee has that of the shift.
        """
        return quiet_until(self.employee, quiet_hours, now, shift.zone)

    def ranking_inputs(self, shift: Shift, now: datetime, default: ZoneInfo) -> RankingInputs:
        """Returns what the order of the employee depends on."""
        return RankingInputs(
            self.phone_number,
            self.history.since(self._first_ranked_day(now, default)),
            self.history.last_contact,
            _iso_date(self.employee.hired_at),
            _minutes_in_week(shift, self.bookings),
        )

    def outdated_days(self, now: datetime, default: ZoneInfo) -> list[date]:
        """Returns the days whose counts the order no longer needs, also after a change of the time zone."""
        return self.history.before(self._first_ranked_day(now, default) - timedelta(days=1))

    def _first_ranked_day(self, now: datetime, default: ZoneInfo) -> date:
        return self.day(now, default) - timedelta(days=RANKED_DAYS - 1)


def why_skipped(
    candidate: Candidate,
    shift: Shift,
    policy: BookingPolicy,
    now: datetime,
    *,
    texts_per_day: int,
    quiet_hours: QuietHours,
) -> SkipReason | None:
    """Returns why an employee must not be texted; None if they may be.

    Args:
        candidate: The employee.
        shift: The shift.
        policy: The minimum rest, the maximum hours per week, and the default time zone.
        now: The time.
        texts_per_day: The most texts of fill plans per employee and day; 0 sets no maximum.
        quiet_hours: When employees are not texted.
    """
    employee, number = candidate.employee, candidate.phone_number
    bookings = candidate.bookings.current(now)
    conflict = find_conflict(shift.shift_id, shift.span, shift.zone, bookings=bookings, policy=policy)
    texts_today = candidate.history.since(candidate.day(now, policy.zone))
    reasons = {
        SkipReason.NOT_ON_ROSTER: not candidate.approved,
        SkipReason.OPTED_OUT: employee.opted_out,
        SkipReason.HAS_PLACE: number in shift.holders or shift.is_awaited_by(number),
        SkipReason.SICK: number in shift.sick_calls
        or (shift.span is not None and bookings.is_sick_during(shift.span)),
        SkipReason.GAVE_BACK: number in shift.given_back,
        SkipReason.WRONG_ROLE: not has_required_role(shift, employee),
        **({_BY_CONFLICT[conflict.kind]: True} if conflict else {}),
        SkipReason.UNDELIVERABLE: candidate.failure in PERMANENT_FAILURES,
        SkipReason.DAILY_LIMIT: bool(texts_per_day) and texts_today >= texts_per_day,
        SkipReason.QUIET_HOURS: candidate.quiet_until(shift, quiet_hours, now) is not None,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _minutes_in_week(shift: Shift, bookings: EmployeeBookings) -> int:
    """Returns the booked minutes in the weeks of the shift, without the shift itself."""
    if shift.span is None:
        return 0
    weeks = {monday for monday, _ in shift.span.time_by_week(shift.zone)}
    booked = sum(
        (
            length
            for shift_id, booking in bookings.by_shift.items()
            if booking.span is not None and shift_id != shift.shift_id
            for monday, length in booking.span.time_by_week(shift.zone)
            if monday in weeks
        ),
        timedelta(),
    )
    return int(booked.total_seconds() // 60)


def _iso_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
