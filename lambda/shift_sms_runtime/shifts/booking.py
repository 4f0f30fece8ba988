"""The booking rules: who may book a shift, give it back or wait for it.

Pure: from what was read to what has to be written, and the outcome of each code. The caller writes only while the rows
are as they were read. Otherwise it reads and decides again, so that a reply is true when it is sent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.conflicts import ConflictKind, find_conflict
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.shift import LONGEST_WAITING_LIST, Shift, ShiftStatus


class BookingOutcome(StrEnum):
    """The outcome of one code in a text. Each locale has a sentence for each."""

    BOOKED = "booked"
    ALREADY_YOURS = "already-yours"
    TAKEN = "taken"
    CLOSED = "closed"
    CANCELED = "canceled"
    NOT_OPEN = "not-open"
    UNKNOWN = "unknown"
    WRONG_ROLE = "wrong-role"
    OVERLAP = "overlap"
    REST = "rest"
    HOURS = "hours"
    DROPPED = "dropped"
    LEFT_WAITING_LIST = "left-waiting-list"
    NOT_YOURS = "not-yours"
    TOO_LATE_TO_DROP = "too-late-to-drop"
    WAITING = "waiting"
    ALREADY_WAITING = "already-waiting"
    STILL_FREE = "still-free"
    WAITING_LIST_FULL = "waiting-list-full"
    DECLINED = "declined"


class BookingStatus(StrEnum):
    """How an employee stands with a shift."""

    BOOKED = "booked"
    WAITING = "waiting"
    """On the waiting list, or offered a seat."""
    NONE = "none"


_CONFLICTS = {
    ConflictKind.OVERLAP: BookingOutcome.OVERLAP,
    ConflictKind.REST: BookingOutcome.REST,
    ConflictKind.HOURS: BookingOutcome.HOURS,
}


@dataclass(frozen=True)
class BookingRequest:
    """Who asks, and what the answer depends on besides the shift."""

    employee: Employee
    campaign_id: str | None
    """The campaign that texted the employee last: a seat that they book counts for it."""
    policy: BookingPolicy
    now: datetime

    @property
    def number(self) -> str:
        """The employee's phone number."""
        return self.employee.phone_number


@dataclass(frozen=True)
class StepResult:
    """What one step makes of a shift and of the employee's bookings."""

    outcome: BookingOutcome
    shift: Shift
    bookings: EmployeeBookings
    conflicting: tuple[str, ...] = ()
    """The ids of the booked shifts that the shift conflicts with."""


Step = Callable[[Shift, EmployeeBookings, BookingRequest], StepResult]
"""A command applied to one shift: `claim`, `drop`, `wait` or `decline`."""


@dataclass(frozen=True)
class CodeResult:
    """The outcome of one code."""

    code: str
    """In the spelling of the shift's id, if there is such a shift."""
    outcome: BookingOutcome
    shift: Shift | None = None
    conflicting: tuple[str, ...] = ()
    """The ids of the booked shifts that it conflicts with."""


@dataclass(frozen=True)
class BookingDecision:
    """What has to be written, and the outcome of each code."""

    results: tuple[CodeResult, ...]
    changed: tuple[Shift, ...]
    """The shifts that change, as they have to be written."""
    bookings: EmployeeBookings
    """The employee's bookings afterwards."""
    given_back: tuple[str, ...] = ()
    """For each seat given back that counted for a campaign, the id of that campaign."""

    @property
    def seats_booked(self) -> int:
        """The number of seats booked."""
        return sum(result.outcome is BookingOutcome.BOOKED for result in self.results)


def decide(
    step: Step,
    codes: Sequence[str],
    shifts: Mapping[str, Shift],
    *,
    employee: Employee,
    campaign_id: str | None,
    bookings: EmployeeBookings,
    policy: BookingPolicy,
    now: datetime,
) -> BookingDecision:
    """Applies a step to each code in turn; later codes see the changes of earlier ones.

    Args:
        step: the command.
        codes: ids of shifts. A code without a shift is unknown.
        shifts: the shifts by id.
        employee: who asks.
        campaign_id: the campaign that texted the employee last.
        bookings: what the employee has booked.
        policy: what bookings must comply with.
        now: the time of the decision.
    """
    request = BookingRequest(employee, campaign_id, policy, now)
    after: dict[str, Shift] = {}
    results: list[CodeResult] = []
    given_back: list[str] = []
    current = bookings.current(now)
    for code in codes:
        shift = after.get(code) or shifts.get(code)
        if shift is None or (_unusable(shift) and not (step is drop and request.number in shift.holders)):
            results.append(CodeResult(code, BookingOutcome.UNKNOWN))
            continue
        booking = current.by_shift.get(shift.shift_id)
        result = step(shift.as_of(now, policy.offer_time), current, request)
        current = result.bookings
        if result.outcome is BookingOutcome.DROPPED and booking is not None:
            given_back += [booking.campaign_id] if booking.campaign_id is not None else []
        changed = result.shift.as_of(now, policy.offer_time)
        if changed != shifts[code]:
            after[code] = changed
        results.append(CodeResult(shift.shift_id, result.outcome, changed, result.conflicting))
    return BookingDecision(tuple(results), tuple(after.values()), current, tuple(given_back))


def claim(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> StepResult:
    """Books a seat."""
    refusal = _why_not_open(shift, request.now)
    if request.number in shift.holders and refusal in (None, BookingOutcome.CLOSED):
        return StepResult(BookingOutcome.ALREADY_YOURS, shift, bookings)
    offered = request.number in shift.offers and len(shift.holders) < shift.seats
    if refusal is None and not shift.free and not offered:
        refusal = BookingOutcome.TAKEN
    if refusal is not None:
        return StepResult(refusal, shift, bookings)
    refusal, conflicting = _why_not_allowed(shift, bookings, request)
    if refusal is not None:
        return StepResult(refusal, shift, bookings, conflicting)
    booking = Booking(shift.shift_id, shift.span, request.now, request.campaign_id)
    return StepResult(
        BookingOutcome.BOOKED,
        shift.with_holder(request.number, request.now),
        bookings.with_booking(booking),
    )


def drop(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> StepResult:
    """Gives a seat back, or leaves the waiting list."""
    if request.number in shift.holders:
        if shift.starts_at is not None and request.now > shift.starts_at - request.policy.drop_cutoff:
            return StepResult(BookingOutcome.TOO_LATE_TO_DROP, shift, bookings)
        return StepResult(
            BookingOutcome.DROPPED, shift.without_holder(request.number), bookings.without(shift.shift_id)
        )
    if _waits(shift, request.number):
        return StepResult(BookingOutcome.LEFT_WAITING_LIST, shift.without_waiting(request.number), bookings)
    return StepResult(BookingOutcome.NOT_YOURS, shift, bookings)


def wait(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> StepResult:
    """Joins the waiting list."""
    refusal = _why_not_open(shift, request.now) or _why_no_wait(shift, request.number)
    if refusal is not None:
        return StepResult(refusal, shift, bookings)
    refusal, conflicting = _why_not_allowed(shift, bookings, request)
    if refusal is None and len(shift.waiting) >= LONGEST_WAITING_LIST:
        refusal = BookingOutcome.WAITING_LIST_FULL
    if refusal is not None:
        return StepResult(refusal, shift, bookings, conflicting)
    return StepResult(BookingOutcome.WAITING, shift.with_waiting(request.number), bookings)


def decline(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> StepResult:
    """Declines an offered seat."""
    if request.number in shift.offers:
        return StepResult(BookingOutcome.DECLINED, shift.without_waiting(request.number), bookings)
    return StepResult(BookingOutcome.DECLINED, shift, bookings)


def booking_status(shift: Shift | None, phone_number: str) -> BookingStatus:
    """Returns how an employee stands with a shift. None is a shift that was deleted."""
    if shift is None:
        return BookingStatus.NONE
    if phone_number in shift.holders:
        return BookingStatus.BOOKED
    return BookingStatus.WAITING if _waits(shift, phone_number) else BookingStatus.NONE


def eligible(shift: Shift, employee: Employee) -> bool:
    """Whether the shift needs no role, or one that the employee has."""
    return not shift.role or shift.role.casefold() in employee.roles


def without_lost_shifts(
    bookings: EmployeeBookings, shifts: Iterable[Shift], phone_number: str
) -> EmployeeBookings:
    """Returns the bookings without those of the given shifts that the employee no longer has.

    An operator may give a shift to another employee by hand, or cancel it. The bookings do not follow such an edit.
    """
    lost = [shift.shift_id for shift in shifts if phone_number not in shift.holders]
    return bookings.without(*lost)


def _unusable(shift: Shift) -> bool:
    """Whether the operator has to correct it first; until then a seat can be given back, and nothing else."""
    return bool(shift.problems) or shift.status == ShiftStatus.REFUSED


def _waits(shift: Shift, phone_number: str) -> bool:
    return phone_number in shift.waiting or phone_number in shift.offers


def _why_no_wait(shift: Shift, phone_number: str) -> BookingOutcome | None:
    if phone_number in shift.holders:
        return BookingOutcome.ALREADY_YOURS
    if shift.free or phone_number in shift.offers:
        return BookingOutcome.STILL_FREE
    return BookingOutcome.ALREADY_WAITING if phone_number in shift.waiting else None


def _why_not_open(shift: Shift, now: datetime) -> BookingOutcome | None:
    if shift.status == ShiftStatus.CANCELED:
        return BookingOutcome.CANCELED
    if shift.closes_at is not None and now >= shift.closes_at:
        return BookingOutcome.CLOSED
    return None if shift.open_at(now) else BookingOutcome.NOT_OPEN


def _why_not_allowed(
    shift: Shift, bookings: EmployeeBookings, request: BookingRequest
) -> tuple[BookingOutcome | None, tuple[str, ...]]:
    """Returns the rule that the employee would break, and the ids of the shifts that it conflicts with."""
    if not eligible(shift, request.employee):
        return BookingOutcome.WRONG_ROLE, ()
    conflict = find_conflict(shift.shift_id, shift.span, shift.zone, bookings=bookings, policy=request.policy)
    return (None, ()) if conflict is None else (_CONFLICTS[conflict.kind], conflict.shift_ids)
