"""The booking rules: who may book a shift, give it back or wait for it.

The functions are pure: they take what was read, and return what to write and the outcome of each code. The caller
writes on the condition that no row has changed since. If one has, it reads and decides again, so every reply is true.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.bookings.conflicts import ConflictKind, find_conflict
from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.booking_policy import BookingPolicy, SickCalls
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.filling.urgent_fill import UrgentFill
from shift_sms_runtime.shifts.manager_notices.filled import with_filling_by
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift, ShiftStatus
from shift_sms_runtime.shifts.waiting_list import MAX_WAITING_LIST_LENGTH

MAX_REPLY_IDS = 5
"""The number of replies about a booking that are kept with it.

The first ones matter: once one of them was sent, the employee knows of the booking.
"""


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
    SICK = "sick"
    """The seat was given back because of sickness."""
    SICK_KEPT = "sick-kept"
    """Sickness was reported after the cut-off, and the booking stays."""


class BookingStatus(StrEnum):
    """How an employee stands with a shift."""

    BOOKED = "booked"
    WAITING = "waiting"
    """On the waiting list."""
    FREE = "free"
    """A seat is free, or offered to the employee."""
    TAKEN = "taken"
    CLOSED = "closed"
    CANCELED = "canceled"
    NOT_OPEN = "not-open"
    NONE = "none"
    """Neither booked nor on the waiting list, whatever else the status is.

    Also the status of a deleted shift.
    """

    def still_holds(self, current: "BookingStatus") -> bool:
        """Whether a text that reported this status is true if `current` is the status now."""
        if self is BookingStatus.NONE:
            return current not in (BookingStatus.BOOKED, BookingStatus.WAITING)
        return self is current


_NOT_ABOUT_FREE_SEATS = frozenset(
    {
        BookingOutcome.DROPPED,
        BookingOutcome.LEFT_WAITING_LIST,
        BookingOutcome.NOT_YOURS,
        BookingOutcome.DECLINED,
        BookingOutcome.SICK,
        BookingOutcome.SICK_KEPT,
        BookingOutcome.WRONG_ROLE,
        BookingOutcome.OVERLAP,
        BookingOutcome.REST,
        BookingOutcome.HOURS,
    }
)
"""The outcomes that are true whether or not the shift has a free seat."""

_OUTCOMES_BY_CONFLICT = {
    ConflictKind.OVERLAP: BookingOutcome.OVERLAP,
    ConflictKind.REST: BookingOutcome.REST,
    ConflictKind.HOURS: BookingOutcome.HOURS,
}


@record
class BookingRequest:
    """The employee who texted, and what a decision depends on besides shifts and bookings."""

    employee: Employee
    message_id: str
    """The text, whose reply reports the outcomes."""
    campaign_id: str | None
    """The campaign that texted the employee last. It counts the seats that the employee books."""
    policy: BookingPolicy
    now: datetime

    @property
    def number(self) -> str:
        """The employee's phone number."""
        return self.employee.phone_number


@record
class ActionResult:
    """The outcome of one action, and the shift and the employee's bookings after it."""

    outcome: BookingOutcome
    shift: Shift
    bookings: EmployeeBookings
    conflicting_ids: tuple[str, ...] = ()
    """The ids of the booked shifts that the shift conflicts with."""


BookingAction = Callable[[Shift, EmployeeBookings, BookingRequest], ActionResult]
"""An action on one shift: `book`, `drop`, `join_waiting_list`, `decline` or `report_sick`."""


@record
class CodeResult:
    """The outcome of one code."""

    code: str
    """Spelled as the id of the shift, if one has the code."""
    outcome: BookingOutcome
    shift: Shift | None = None
    conflicting_ids: tuple[str, ...] = ()
    """The ids of the booked shifts that the shift conflicts with."""
    droppable: bool = True
    """Whether the employee may give a booked seat back by text."""


@record
class BookingDecision:
    """The rows to write, and the outcome of each code."""

    results: tuple[CodeResult, ...]
    changed: tuple[Shift, ...]
    """The shifts to write."""
    bookings: EmployeeBookings
    """The employee's bookings after the decision."""
    campaigns_of_dropped_seats: tuple[str, ...] = ()
    """The ids of the campaigns that counted the dropped seats, one for each such seat."""
    changes_bookings: bool = False
    """Whether the bookings have to be written."""

    @property
    def changes_rows(self) -> bool:
        """Whether there is something to write."""
        return bool(self.changed) or self.changes_bookings

    @property
    def gains_place(self) -> bool:
        """Whether the employee gets a seat, or a place on a waiting list."""
        gained = (BookingOutcome.BOOKED, BookingOutcome.WAITING)
        return any(result.outcome in gained for result in self.results)

    @property
    def reports_sickness(self) -> bool:
        """Whether a sick call was recorded on a shift."""
        return any(one.outcome in (BookingOutcome.SICK, BookingOutcome.SICK_KEPT) for one in self.results)

    @property
    def seats_booked(self) -> int:
        """The number of seats booked."""
        return sum(result.outcome is BookingOutcome.BOOKED for result in self.results)


def decide(
    action: BookingAction,
    codes: Sequence[str],
    shifts: Mapping[str, Shift],
    *,
    employee: Employee,
    message_id: str,
    campaign_id: str | None,
    bookings: EmployeeBookings,
    policy: BookingPolicy,
    now: datetime,
) -> BookingDecision:
    """Applies an action to each code in turn; later codes see the changes of earlier ones.

    Args:
        action: the action.
        codes: ids of shifts. A code without a shift is unknown.
        shifts: the shifts by id.
        employee: the employee who texted.
        message_id: the text.
        campaign_id: the campaign that texted the employee last.
        bookings: what the employee has booked.
        policy: the booking policy.
        now: the time of the decision.
    """
    request = BookingRequest(employee, message_id, campaign_id, policy, now)
    after: dict[str, Shift] = {}
    results: list[CodeResult] = []
    campaigns_of_dropped_seats: list[str] = []
    current = bookings.current(now)
    for code in codes:
        shift = after.get(code) or shifts.get(code)
        if shift is None or (
            _needs_correction(shift)
            and not (action in (drop, report_sick) and request.number in shift.holders)
        ):
            results.append(CodeResult(code, BookingOutcome.UNKNOWN))
            continue
        booking = current.by_shift.get(shift.shift_id)
        result = action(shift.as_of(now, policy.offer_duration), current, request)
        current = result.bookings
        if (
            result.outcome in (BookingOutcome.DROPPED, BookingOutcome.SICK)
            and booking is not None
            and booking.campaign_id is not None
        ):
            campaigns_of_dropped_seats.append(booking.campaign_id)
        changed = result.shift.as_of(now, policy.offer_duration)
        current = _with_place_in_waiting_list(current, changed, request.number)
        if changed != shifts[code]:
            after[code] = changed
        droppable = changed.can_be_dropped(now, policy.drop_cutoff)
        results.append(CodeResult(shift.shift_id, result.outcome, changed, result.conflicting_ids, droppable))
    return BookingDecision(
        tuple(results),
        tuple(after.values()),
        current,
        tuple(campaigns_of_dropped_seats),
        changes_bookings=current != bookings.current(now),
    )


def book(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> ActionResult:
    """Books a seat."""
    refusal = _why_not_open(shift, request.now)
    if request.number in shift.holders and refusal in (None, BookingOutcome.CLOSED):
        return ActionResult(BookingOutcome.ALREADY_YOURS, shift, _told_again(shift, bookings, request))
    offered = request.number in shift.offers and len(shift.holders) < shift.seats
    if refusal is None and not shift.free_seats and not offered:
        refusal = BookingOutcome.TAKEN
    if refusal is not None:
        return ActionResult(refusal, shift, bookings)
    refusal, conflicting_ids = _why_not_allowed(shift, bookings, request)
    if refusal is not None:
        return ActionResult(refusal, shift, bookings, conflicting_ids)
    booking = Booking(
        shift.shift_id, shift.span, request.now, request.campaign_id, reply_ids=(request.message_id,)
    )
    return ActionResult(
        BookingOutcome.BOOKED,
        with_filling_by(shift.with_holder(request.number, request.now), request.number, request.now),
        bookings.with_booking(booking),
    )


def drop(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> ActionResult:
    """Gives a seat back, or leaves the waiting list."""
    if request.number in shift.holders:
        if not shift.can_be_dropped(request.now, request.policy.drop_cutoff):
            return ActionResult(BookingOutcome.TOO_LATE_TO_DROP, shift, bookings)
        freed = shift.given_back_by(request.number, request.now)
        return ActionResult(BookingOutcome.DROPPED, freed, bookings.without(shift.shift_id))
    if shift.is_awaited_by(request.number):
        return ActionResult(BookingOutcome.LEFT_WAITING_LIST, shift.without_waiting(request.number), bookings)
    return ActionResult(BookingOutcome.NOT_YOURS, shift, bookings)


def report_sick(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> ActionResult:
    """Gives a seat back because of sickness, and starts an urgent fill plan.

    A `respond_by` that has passed is removed, so that other employees can book the seat until the start. With
    `SickCalls.INFORM`, the booking stays after the drop cut-off. In both cases the shift records the sick call.
    """
    number, now = request.number, request.now
    if number not in shift.holders or shift.is_over(now):
        return drop(shift, bookings, request)
    recorded = shift.with_sick_call(number, now)
    droppable = shift.can_be_dropped(now, request.policy.drop_cutoff)
    if not droppable and request.policy.sick_calls is SickCalls.INFORM:
        return ActionResult(BookingOutcome.SICK_KEPT, recorded, bookings)
    freed = recorded.without_holder(number)
    reopened = replace(freed, respond_by=None) if freed.respond_by and freed.respond_by <= now else freed
    if reopened.is_open(now) and reopened.unfilled_seats:  # An operator may have reduced the seats.
        freed = replace(reopened, urgent_fill=UrgentFill(now, request.policy.fill_order))
    return ActionResult(BookingOutcome.SICK, freed, bookings.without_sick(shift.shift_id, shift.span))


def join_waiting_list(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> ActionResult:
    """Joins the waiting list."""
    refusal = _why_not_open(shift, request.now) or _why_not_wait(shift, request.number)
    if refusal is not None:
        return ActionResult(refusal, shift, bookings)
    refusal, conflicting_ids = _why_not_allowed(shift, bookings, request)
    if refusal is None and len(shift.waiting) >= MAX_WAITING_LIST_LENGTH:
        refusal = BookingOutcome.WAITING_LIST_FULL
    if refusal is not None:
        return ActionResult(refusal, shift, bookings, conflicting_ids)
    return ActionResult(BookingOutcome.WAITING, shift.with_waiting(request.number), bookings)


def decline(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> ActionResult:
    """Declines an offered seat."""
    if request.number in shift.offers:
        return ActionResult(BookingOutcome.DECLINED, shift.without_waiting(request.number), bookings)
    return ActionResult(BookingOutcome.DECLINED, shift, bookings)


def booking_status(shift: Shift | None, phone_number: str, now: datetime) -> BookingStatus:
    """Returns how an employee stands with a shift; `shift` is None if it was deleted."""
    if shift is None:
        return BookingStatus.NONE
    if shift.status == ShiftStatus.CANCELED:
        return BookingStatus.CANCELED
    if phone_number in shift.holders:
        return BookingStatus.BOOKED
    if not shift.is_open(now):
        return BookingStatus.CLOSED if shift.status in DERIVED_STATUSES else BookingStatus.NOT_OPEN
    if shift.free_seats or phone_number in shift.offers:
        return BookingStatus.FREE
    return BookingStatus.WAITING if phone_number in shift.waiting else BookingStatus.TAKEN


def reported_status(result: CodeResult, phone_number: str, now: datetime) -> BookingStatus:
    """Returns what the outcome of a code tells the employee about the shift.

    Some outcomes, such as DROPPED, tell only that the employee has no seat.
    """
    status = booking_status(result.shift, phone_number, now)
    has_or_waits = status in (BookingStatus.BOOKED, BookingStatus.WAITING)
    return status if has_or_waits or result.outcome not in _NOT_ABOUT_FREE_SEATS else BookingStatus.NONE


def has_required_role(shift: Shift, employee: Employee) -> bool:
    """Whether the shift needs no role, or one that the employee has."""
    return not shift.role or shift.role.casefold() in employee.roles


def without_lost_shifts(
    bookings: EmployeeBookings, shifts: Sequence[Shift], phone_number: str
) -> EmployeeBookings:
    """Returns the bookings without shifts in which the employee has no seat or place now.

    An operator may give the seat to another employee, or cancel the shift, without updating the bookings. An offer may
    have ended.
    """
    lost = [shift.shift_id for shift in shifts if phone_number not in shift.holders]
    not_awaited = [shift.shift_id for shift in shifts if not shift.is_awaited_by(phone_number)]
    return bookings.without(*lost).without_waiting(*not_awaited)


def _needs_correction(shift: Shift) -> bool:
    """Whether the operator has to correct the shift.

    Until then it can be dropped but not booked.
    """
    return bool(shift.problems) or shift.status == ShiftStatus.REFUSED


def _with_place_in_waiting_list(
    bookings: EmployeeBookings, shift: Shift, phone_number: str
) -> EmployeeBookings:
    """Returns the bookings with the employee's place on the waiting list of a shift."""
    if shift.is_awaited_by(phone_number):
        return bookings.with_waiting(shift.shift_id)
    return bookings.without_waiting(shift.shift_id)


def _told_again(shift: Shift, bookings: EmployeeBookings, request: BookingRequest) -> EmployeeBookings:
    """Returns the bookings with one more reply that tells about the booking.

    The reply to the text that made the booking may still be refused. Then this reply decides whether it is undone.
    """
    booking = bookings.by_shift.get(shift.shift_id)
    if booking is None or not 0 < len(booking.reply_ids) < MAX_REPLY_IDS:
        return bookings
    reply_ids = tuple(dict.fromkeys((*booking.reply_ids, request.message_id)))
    return bookings.with_booking(replace(booking, reply_ids=reply_ids))


def _why_not_wait(shift: Shift, phone_number: str) -> BookingOutcome | None:
    if phone_number in shift.holders:
        return BookingOutcome.ALREADY_YOURS
    if shift.free_seats or phone_number in shift.offers:
        return BookingOutcome.STILL_FREE
    return BookingOutcome.ALREADY_WAITING if phone_number in shift.waiting else None


def _why_not_open(shift: Shift, now: datetime) -> BookingOutcome | None:
    if shift.status == ShiftStatus.CANCELED:
        return BookingOutcome.CANCELED
    if shift.closes_at is not None and now >= shift.closes_at:
        return BookingOutcome.CLOSED
    return None if shift.is_open(now) else BookingOutcome.NOT_OPEN


def _why_not_allowed(
    shift: Shift, bookings: EmployeeBookings, request: BookingRequest
) -> tuple[BookingOutcome | None, tuple[str, ...]]:
    """Returns the rule that a booking would break, if any, and the conflicting shift ids."""
    if not has_required_role(shift, request.employee):
        return BookingOutcome.WRONG_ROLE, ()
    conflict = find_conflict(shift.shift_id, shift.span, shift.zone, bookings=bookings, policy=request.policy)
    return (None, ()) if conflict is None else (_OUTCOMES_BY_CONFLICT[conflict.kind], conflict.shift_ids)
