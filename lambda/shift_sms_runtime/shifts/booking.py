"""The one place where a command meets the rules: who may have which shift, give it back, or wait for it.

Pure: from what was read to what is to be written and what is to be said. Whoever writes it does so only while the rows
are as they were read, and otherwise reads and decides again; so what is said is true when it is said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.conflicts import ConflictKind
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.shift import LONGEST_WAITING_LIST, Shift, ShiftStatus


class BookingOutcome(StrEnum):
    """What became of one code in a text. Each has words in every catalogue."""

    BOOKED = "booked"
    ALREADY_YOURS = "already-yours"
    TAKEN = "taken"
    CLOSED = "closed"
    CANCELLED = "cancelled"
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
    """How somebody stands with a shift."""

    HAS = "has"
    WAITS = "waits"
    NEITHER = "neither"


_CLASHES = {
    ConflictKind.OVERLAP: BookingOutcome.OVERLAP,
    ConflictKind.REST: BookingOutcome.REST,
    ConflictKind.HOURS: BookingOutcome.HOURS,
}


@dataclass(frozen=True)
class Person:
    """Who texts: E.164, what they may do, in small letters, and the campaign that has texted them last."""

    number: str
    roles: frozenset[str] = frozenset()
    campaign_id: str | None = None


@dataclass(frozen=True)
class CodeResult:
    """One code and what became of it. ``code`` is the shift's own spelling where there is such a shift."""

    code: str
    outcome: BookingOutcome
    shift: Shift | None = None
    others: tuple[str, ...] = ()
    """The shifts of one's own that it does not go with."""


@dataclass(frozen=True)
class BookingDecision:
    """What to write, and what came of each code. ``changed`` has each shift that changes, as it is to be."""

    results: tuple[CodeResult, ...]
    changed: tuple[Shift, ...]
    agenda: EmployeeBookings
    given_back: tuple[str, ...] = ()
    """The campaign of each seat that was given back, of those that a campaign had filled."""

    @property
    def bookings(self) -> int:
        """How many seats were taken."""
        return sum(result.outcome is BookingOutcome.BOOKED for result in self.results)


Step = Callable[
    [Shift, Person, EmployeeBookings, BookingPolicy, datetime],
    tuple[BookingOutcome, Shift, EmployeeBookings, tuple[str, ...]],
]
"""What a command does with one shift: the outcome, the shift and the agenda after it, and what it clashes with."""


def decide(
    step: Step,
    codes: Sequence[str],
    shifts: Mapping[str, Shift],
    *,
    person: Person,
    agenda: EmployeeBookings,
    rules: BookingPolicy,
    now: datetime,
) -> BookingDecision:
    """Take one step for each code in turn; a later one sees what the earlier ones have changed.

    ``shifts`` are by id; a code that is not among them is unknown.
    """
    after: dict[str, Shift] = {}
    results: list[CodeResult] = []
    given_back: list[str] = []
    current = agenda.current(now)
    for code in codes:
        shift = after.get(code) or shifts.get(code)
        if shift is None or (_unusable(shift) and not (step is drop and person.number in shift.holders)):
            results.append(CodeResult(code, BookingOutcome.UNKNOWN))
            continue
        settled = shift.settled(now, rules.offer_time)
        had = current.bookings.get(shift.shift_id)
        outcome, changed, current, others = step(settled, person, current, rules, now)
        if outcome is BookingOutcome.DROPPED and had is not None and had.campaign_id is not None:
            given_back.append(had.campaign_id)
        changed = changed.settled(now, rules.offer_time)
        if changed != shifts[code]:
            after[code] = changed
        results.append(CodeResult(shift.shift_id, outcome, changed, others))
    return BookingDecision(tuple(results), tuple(after.values()), current, tuple(given_back))


def claim(
    shift: Shift, person: Person, agenda: EmployeeBookings, rules: BookingPolicy, now: datetime
) -> tuple[BookingOutcome, Shift, EmployeeBookings, tuple[str, ...]]:
    """Have a seat."""
    refusal = _not_open(shift, now)
    if person.number in shift.holders and refusal in (None, BookingOutcome.CLOSED):
        return BookingOutcome.ALREADY_YOURS, shift, agenda, ()
    offered = person.number in shift.offers and len(shift.holders) < shift.seats
    if refusal is None and not shift.free and not offered:
        refusal = BookingOutcome.TAKEN
    if refusal is not None:
        return refusal, shift, agenda, ()
    refusal, others = _not_for(shift, person, agenda, rules)
    if refusal is not None:
        return refusal, shift, agenda, others
    booking = Booking(shift.shift_id, shift.span, now, person.campaign_id)
    return BookingOutcome.BOOKED, shift.with_holder(person.number, now), agenda.with_booking(booking), ()


def drop(
    shift: Shift, person: Person, agenda: EmployeeBookings, rules: BookingPolicy, now: datetime
) -> tuple[BookingOutcome, Shift, EmployeeBookings, tuple[str, ...]]:
    """Give a seat back, or leave the waiting list."""
    if person.number in shift.holders:
        if shift.starts_at is not None and now > shift.starts_at - rules.drop_cutoff:
            return BookingOutcome.TOO_LATE_TO_DROP, shift, agenda, ()
        return (
            BookingOutcome.DROPPED,
            shift.without_holder(person.number),
            agenda.without(shift.shift_id),
            (),
        )
    if _waits(shift, person):
        return BookingOutcome.LEFT_WAITING_LIST, shift.without_waiting(person.number), agenda, ()
    return BookingOutcome.NOT_YOURS, shift, agenda, ()


def wait(
    shift: Shift, person: Person, agenda: EmployeeBookings, rules: BookingPolicy, now: datetime
) -> tuple[BookingOutcome, Shift, EmployeeBookings, tuple[str, ...]]:
    """Be told when a seat is free."""
    refusal = _not_open(shift, now) or _no_need_to_wait(shift, person)
    if refusal is not None:
        return refusal, shift, agenda, ()
    refusal, others = _not_for(shift, person, agenda, rules)
    if refusal is None and len(shift.waiting) >= LONGEST_WAITING_LIST:
        refusal = BookingOutcome.WAITING_LIST_FULL
    if refusal is not None:
        return refusal, shift, agenda, others
    return BookingOutcome.WAITING, shift.with_waiting(person.number), agenda, ()


def decline(
    shift: Shift,
    person: Person,
    agenda: EmployeeBookings,
    rules: BookingPolicy,  # noqa: ARG001 - the shape of every step
    now: datetime,  # noqa: ARG001
) -> tuple[BookingOutcome, Shift, EmployeeBookings, tuple[str, ...]]:
    """Say no to an offered seat."""
    if person.number in shift.offers:
        return BookingOutcome.DECLINED, shift.without_waiting(person.number), agenda, ()
    return BookingOutcome.DECLINED, shift, agenda, ()


def standing(shift: Shift | None, person: Person) -> BookingStatus:
    """How a person stands with a shift, which may not be there any more."""
    if shift is None:
        return BookingStatus.NEITHER
    if person.number in shift.holders:
        return BookingStatus.HAS
    return BookingStatus.WAITS if _waits(shift, person) else BookingStatus.NEITHER


def eligible(shift: Shift, person: Person) -> bool:
    """Whether the shift's role is one of the person's."""
    return not shift.role or shift.role.casefold() in person.roles


def stale(agenda: EmployeeBookings, shifts: Iterable[Shift], person: Person) -> EmployeeBookings:
    """The agenda without those of these shifts that the person does not have any more.

    An operator may take a shift from somebody by hand, or cancel it; the agenda hears of it only here.
    """
    gone = [shift.shift_id for shift in shifts if person.number not in shift.holders]
    return agenda.without(*gone)


def _unusable(shift: Shift) -> bool:
    """The operator has to change something; until then it can be given back and nothing else."""
    return bool(shift.problems) or shift.status == ShiftStatus.REFUSED


def _waits(shift: Shift, person: Person) -> bool:
    return person.number in shift.waiting or person.number in shift.offers


def _no_need_to_wait(shift: Shift, person: Person) -> BookingOutcome | None:
    if person.number in shift.holders:
        return BookingOutcome.ALREADY_YOURS
    if shift.free or person.number in shift.offers:
        return BookingOutcome.STILL_FREE
    return BookingOutcome.ALREADY_WAITING if person.number in shift.waiting else None


def _not_open(shift: Shift, now: datetime) -> BookingOutcome | None:
    if shift.status == ShiftStatus.CANCELLED:
        return BookingOutcome.CANCELLED
    if shift.closes_at is not None and now >= shift.closes_at:
        return BookingOutcome.CLOSED
    return None if shift.open_at(now) else BookingOutcome.NOT_OPEN


def _not_for(
    shift: Shift, person: Person, agenda: EmployeeBookings, rules: BookingPolicy
) -> tuple[BookingOutcome | None, tuple[str, ...]]:
    if not eligible(shift, person):
        return BookingOutcome.WRONG_ROLE, ()
    clash = agenda.clash(shift.shift_id, shift.span, shift.zone, rules.limits)
    return (None, ()) if clash is None else (_CLASHES[clash.kind], clash.with_)
