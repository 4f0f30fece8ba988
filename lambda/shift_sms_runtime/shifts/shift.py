"""A shift: who has its seats, who waits for one, and how that may change.

Every change returns a new shift whose seats add up: a seat is free, has a holder, or is offered to one employee of the
waiting list. Who may have a seat is decided in `booking.py`; who is texted, in `notices.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.shifts.shift_times import Span

LONGEST_WAITING_LIST = 100


class ShiftStatus(StrEnum):
    """`shift_status`. An operator may write any other word: such a shift is not open and is never changed."""

    AVAILABLE = "available"
    TAKEN = "taken"
    """No seat is free: each has a holder or is offered."""
    CLOSED = "closed"
    """It started, or its deadline passed, with free seats; or it is over."""
    CANCELED = "cancelled"
    REFUSED = "refused"
    """It cannot be offered as the operator wrote it; `shift_error` says why."""


DERIVED_STATUSES = frozenset({ShiftStatus.AVAILABLE, ShiftStatus.TAKEN, ShiftStatus.CLOSED})
"""The statuses that follow from the seats and the time. An operator or a mistake sets the others."""


@dataclass(frozen=True)
class Offer:
    """A seat that is held for one employee of the waiting list."""

    since: datetime
    until: datetime
    notified: bool = False
    """Whether the employee was texted. An offer that nobody heard of is extended when it runs out."""
    refused: bool = False
    """Whether the messaging service refused the text. When the offer runs out, the others come first."""


@dataclass(frozen=True)
class Shift:
    """An item of the Shifts table. Times are in UTC; text that the operator left out is empty."""

    shift_id: str
    info: str = ""
    status: str = ShiftStatus.AVAILABLE
    seats: int = 1
    holders: Mapping[str, datetime | None] = field(default_factory=dict)
    """The phone numbers that have a seat, and since when. None where an operator wrote the number by hand."""
    waiting: tuple[str, ...] = ()
    """The phone numbers on the waiting list, in the order in which they joined."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    """The offers by phone number."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    respond_by: datetime | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    site: str = ""
    role: str = ""
    canceled_for: Mapping[str, datetime] = field(default_factory=dict)
    """Who lost a seat, an offer or a place in the queue to a cancellation, and when. The time tells notices apart."""
    error: str = ""
    """`shift_error`: the last problems written for the operator."""
    problems: tuple[str, ...] = ()
    """What the operator has to correct before it can be offered."""
    stored: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The item as it was read: a change is written only while the item still equals it."""

    @property
    def span(self) -> Span | None:
        """From start to end; None without a start."""
        return Span(self.starts_at, self.ends_at or self.starts_at) if self.starts_at else None

    @property
    def closes_at(self) -> datetime | None:
        """From when on no seat can be booked."""
        return min((time for time in (self.starts_at, self.respond_by) if time), default=None)

    @property
    def free(self) -> int:
        """The number of seats that have no holder and are not offered."""
        return 0 if self._taken_by_hand else max(0, self.seats - len(self.holders) - len(self.offers))

    @property
    def _taken_by_hand(self) -> bool:
        """Whether the operator marked the only seat as taken without writing a number."""
        unnamed = not self.holders and not self.offers
        return self.status == ShiftStatus.TAKEN and self.seats == 1 and unnamed

    def open_at(self, now: datetime) -> bool:
        """Whether free seats, if there are any, can be booked."""
        on_time = self.closes_at is None or now < self.closes_at
        return on_time and not self.problems and self.status in DERIVED_STATUSES

    def as_of(self, now: datetime, offer_time: timedelta) -> "Shift":
        """Returns the shift at a time: offers have run out, and free seats are offered to the waiting list.

        An offer lasts for `offer_time`, or until the shift closes.
        """
        if self.status not in DERIVED_STATUSES or self.problems:
            return self
        is_open, offers, waiting = self.open_at(now), dict[str, Offer](), self.waiting
        if is_open:
            new = Offer(now, min(filter(None, (now + offer_time, self.closes_at))))
            offers, waiting = self._valid_offers(now, new)
        free = 0 if self._taken_by_hand else max(0, self.seats - len(self.holders) - len(offers))
        while is_open and free and waiting:
            offers[waiting[0]] = new
            waiting, free = waiting[1:], free - 1
        free_status = ShiftStatus.AVAILABLE if is_open else ShiftStatus.CLOSED
        status = free_status if free or self._over(now) else ShiftStatus.TAKEN
        return replace(self, offers=offers, waiting=waiting, status=status)

    def _valid_offers(self, now: datetime, new: Offer) -> tuple[dict[str, Offer], tuple[str, ...]]:
        """Returns the offers that stay valid, and the waiting list.

        First on the list are those whose offered seat an operator gave away; last are those whom the messaging
        service refused to text.
        """
        offers = sorted(self.offers.items(), key=lambda entry: entry[1].since)
        valid = {
            # `since` stays: it identifies the notice, so an employee who was texted all the same gets no second text.
            number: offer if now < offer.until else replace(offer, until=new.until)
            for number, offer in offers
            if now < offer.until or not (offer.notified or offer.refused)
        }
        seats = max(0, self.seats - len(self.holders))
        last = (number for number, offer in offers if offer.refused and number not in valid)
        return dict(list(valid.items())[:seats]), (*list(valid)[seats:], *self.waiting, *last)

    def _over(self, now: datetime) -> bool:
        span = self.span
        return span is not None and now >= span.end

    def with_holder(self, number: str, now: datetime) -> "Shift":
        """Gives a seat to an employee: the one offered to them, or a free one."""
        return _with_status(replace(_without_claims(self, number), holders={**self.holders, number: now}))

    def without_holder(self, number: str) -> "Shift":
        """Takes the seat of an employee back."""
        holders = {other: since for other, since in self.holders.items() if other != number}
        return _with_status(replace(self, holders=holders))

    def with_waiting(self, number: str) -> "Shift":
        """Adds an employee to the end of the waiting list."""
        return replace(self, waiting=(*self.waiting, number))

    def without_waiting(self, number: str) -> "Shift":
        """Removes an employee from the waiting list, and withdraws their offer."""
        without = _without_claims(self, number)
        return _with_status(without) if number in self.offers else without

    def with_offers_notified(self, *numbers: str) -> "Shift":
        """Records that these employees were texted their offers."""
        return self._with_offers_marked(numbers, notified=True, refused=False)

    def with_offers_refused(self, *numbers: str) -> "Shift":
        """Records that the messaging service refused to text these employees their offers."""
        return self._with_offers_marked(numbers, notified=False, refused=True)

    def _with_offers_marked(self, numbers: Sequence[str], *, notified: bool, refused: bool) -> "Shift":
        marked = {
            number: replace(offer, notified=notified, refused=refused)
            for number, offer in self.offers.items()
            if number in numbers
        }
        return replace(self, offers={**self.offers, **marked})

    def canceled(self, now: datetime) -> "Shift":
        """Empties a shift that the operator canceled, and records whom to notify."""
        affected = dict.fromkeys((*self.holders, *self.offers, *self.waiting), now)
        return replace(
            self, holders={}, offers={}, waiting=(), canceled_for={**self.canceled_for, **affected}
        )

    def reconciled(self, now: datetime, offer_time: timedelta) -> "Shift":
        """Returns the shift after an operator's edits and the passing of time are taken into account."""
        if self.status == ShiftStatus.CANCELED:
            return self.canceled(now) if self.holders or self.offers or self.waiting else self
        if self.problems:
            return replace(self, status=ShiftStatus.REFUSED, error="; ".join(self.problems))
        status = ShiftStatus.AVAILABLE if self.status == ShiftStatus.REFUSED else self.status
        holders = {number: since or now for number, since in self.holders.items()}
        return replace(self, status=status, error="", holders=holders).as_of(now, offer_time)

    def with_all_notified(self) -> "Shift":
        """Forgets a cancellation that the operator has undone, once everybody was notified of it."""
        return self if self.status == ShiftStatus.CANCELED else replace(self, canceled_for={})

    def remind_at(self, reminder: timedelta) -> datetime | None:
        """Returns when its holders are reminded; None without a start, or without reminders."""
        return self.starts_at - reminder if self.starts_at and reminder else None

    def next_due(self, now: datetime, reminder: timedelta) -> datetime | None:
        """Returns when time alone changes something: an offer runs out, a reminder is due, or the shift closes."""
        if self.status not in DERIVED_STATUSES:
            return None
        times = [offer.until for offer in self.offers.values()]
        if self.holders:
            times += filter(None, [self.remind_at(reminder)])
        if self.status == ShiftStatus.AVAILABLE or self.waiting:
            times += filter(None, [self.closes_at])
        if self.status == ShiftStatus.TAKEN and self.span:
            times.append(self.span.end)
        return min((time for time in times if time > now), default=None)

    @property
    def needs_reconciling(self) -> bool:
        """Whether time or an edit can require a change or a text. A shift as in the post needs neither."""
        pending = (
            self.problems,
            self.offers,
            self.waiting,
            self.canceled_for,
            self.error,
            self.closes_at,
        )
        written_by_hand = None in self.holders.values()
        return self.status not in DERIVED_STATUSES or any(pending) or written_by_hand


def _without_claims(shift: Shift, number: str) -> Shift:
    """Returns the shift without the employee's offer and place on the waiting list."""
    return replace(
        shift,
        offers={other: offer for other, offer in shift.offers.items() if other != number},
        waiting=tuple(other for other in shift.waiting if other != number),
    )


def _with_status(shift: Shift) -> Shift:
    """Returns the shift with the status that follows from its seats, unless the operator set another."""
    if shift.status not in DERIVED_STATUSES:
        return shift
    free = shift.seats - len(shift.holders) - len(shift.offers)
    return replace(shift, status=ShiftStatus.AVAILABLE if free > 0 else ShiftStatus.TAKEN)
