"""A shift: who has its seats, who waits for one, and how that may change.

Every change returns a new shift whose seats add up: a seat is free, has a holder, or is offered to one person of the
waiting list. Nothing here decides who may have a seat (``booking.py``) or what anybody is told (``replies.py``).
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
    """``shift_status``. An operator may write any other word: such a shift is not open, and left alone."""

    AVAILABLE = "available"
    TAKEN = "taken"
    """No seat is free: each has a holder or is offered to somebody who waited for it."""
    CLOSED = "closed"
    """It has started, or its deadline has passed, with seats free; or it is over."""
    CANCELLED = "cancelled"
    REFUSED = "refused"
    """It cannot be offered as it was put up; ``shift_error`` says why."""


KEPT = frozenset({ShiftStatus.AVAILABLE, ShiftStatus.TAKEN, ShiftStatus.CLOSED})
"""What follows from the seats. The others are what an operator wants, or a refusal."""


@dataclass(frozen=True)
class Offer:
    """A seat is kept for one person of the waiting list, for a while."""

    since: datetime
    until: datetime
    told: bool = False
    """Whether that person was told. Where nobody could be, the time that has passed counts for nothing."""
    refused: bool = False
    """Whether the service would not text that person, maybe alone: when the time is over, others come first."""


@dataclass(frozen=True)
class Shift:
    """An item of the Shifts table. Times are in UTC; words that the operator left out are empty."""

    shift_id: str
    info: str = ""
    status: str = ShiftStatus.AVAILABLE
    seats: int = 1
    holders: Mapping[str, datetime | None] = field(default_factory=dict)
    """Who has a seat, and since when. An operator who gives a seat to somebody by hand writes no time."""
    waiting: tuple[str, ...] = ()
    """Who waits for a seat, first come first."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    respond_by: datetime | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    site: str = ""
    role: str = ""
    cancelled_for: Mapping[str, datetime] = field(default_factory=dict)
    """Who is to be told, or was, that it is cancelled, and since when; who books it again may be told again."""
    error: str = ""
    """``shift_error``: what the operator was told."""
    problems: tuple[str, ...] = ()
    """What the operator has to change before it can be offered."""
    stored: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The item as it was read: a change is written only while the item is still like this."""

    @property
    def span(self) -> Span | None:
        """From start to end, if it has a start."""
        return Span(self.starts_at, self.ends_at or self.starts_at) if self.starts_at else None

    @property
    def closes_at(self) -> datetime | None:
        """From when on no seat can be booked."""
        return min((time for time in (self.starts_at, self.respond_by) if time), default=None)

    @property
    def free(self) -> int:
        """Seats that nobody has and nobody is being offered."""
        return 0 if self._taken_by_hand else max(0, self.seats - len(self.holders) - len(self.offers))

    @property
    def _taken_by_hand(self) -> bool:
        """For somebody whose number the operator did not write down."""
        nobody = not self.holders and not self.offers
        return self.status == ShiftStatus.TAKEN and self.seats == 1 and nobody

    def open_at(self, now: datetime) -> bool:
        """Whether seats, if there are any, can be booked."""
        on_time = self.closes_at is None or now < self.closes_at
        return on_time and not self.problems and self.status in KEPT

    def settled(self, now: datetime, offer_time: timedelta) -> "Shift":
        """The shift as it is at this time: offers that nobody took have run out, free seats are offered to who waits.

        An offer lasts ``offer_time``, or until the shift closes.
        """
        if self.status not in KEPT or self.problems:
            return self
        is_open, offers, waiting = self.open_at(now), dict[str, Offer](), self.waiting
        if is_open:
            new = Offer(now, min(filter(None, (now + offer_time, self.closes_at))))
            offers, waiting = self._standing_offers(now, new)
        free = 0 if self._taken_by_hand else max(0, self.seats - len(self.holders) - len(offers))
        while is_open and free and waiting:
            offers[waiting[0]] = new
            waiting, free = waiting[1:], free - 1
        free_status = ShiftStatus.AVAILABLE if is_open else ShiftStatus.CLOSED
        status = free_status if free or self._over(now) else ShiftStatus.TAKEN
        return replace(self, offers=offers, waiting=waiting, status=status)

    def _standing_offers(self, now: datetime, new: Offer) -> tuple[dict[str, Offer], tuple[str, ...]]:
        """The offers that hold, and who waits: first those from whom an operator has taken the offered seat, last those
        whom the service would not text."""
        offers = sorted(self.offers.items(), key=lambda one: one[1].since)
        held = {
            # The same offer, for a little longer: whoever was told of it all the same is not told twice.
            person: offer if now < offer.until else replace(offer, until=new.until)
            for person, offer in offers
            if now < offer.until or not (offer.told or offer.refused)
        }
        seats = max(0, self.seats - len(self.holders))
        last = (person for person, offer in offers if offer.refused and person not in held)
        return dict(list(held.items())[:seats]), (*list(held)[seats:], *self.waiting, *last)

    def _over(self, now: datetime) -> bool:
        span = self.span
        return span is not None and now >= span.end

    def with_holder(self, person: str, now: datetime) -> "Shift":
        """Give a seat to ``person``: the one offered to them, or a free one."""
        return _counted(replace(_without(self, person), holders={**self.holders, person: now}))

    def without_holder(self, person: str) -> "Shift":
        """Take the seat back."""
        holders = {other: since for other, since in self.holders.items() if other != person}
        return _counted(replace(self, holders=holders))

    def with_waiting(self, person: str) -> "Shift":
        """Put ``person`` at the end of the waiting list."""
        return replace(self, waiting=(*self.waiting, person))

    def with_told(self, *people: str) -> "Shift":
        """Note that these know what they are offered."""
        return self._marked(people, told=True, refused=False)

    def with_refused(self, *people: str) -> "Shift":
        """Note that the service would not text these what they are offered."""
        return self._marked(people, told=False, refused=True)

    def _marked(self, people: Sequence[str], *, told: bool, refused: bool) -> "Shift":
        marked = {
            person: replace(offer, told=told, refused=refused)
            for person, offer in self.offers.items()
            if person in people
        }
        return replace(self, offers={**self.offers, **marked})

    def without_waiting(self, person: str) -> "Shift":
        """Take ``person`` off the waiting list, and back what they were offered."""
        without = _without(self, person)
        return _counted(without) if person in self.offers else without

    def cancelled(self, now: datetime) -> "Shift":
        """Note who is to be told of the operator's cancellation. Nobody has it, or waits for it, from now on."""
        told = dict.fromkeys((*self.holders, *self.offers, *self.waiting), now)
        return replace(self, holders={}, offers={}, waiting=(), cancelled_for={**self.cancelled_for, **told})

    def kept(self, now: datetime, offer_time: timedelta) -> "Shift":
        """What an operator's changes and the passing of time make of it."""
        if self.status == ShiftStatus.CANCELLED:
            return self.cancelled(now) if self.holders or self.offers or self.waiting else self
        if self.problems:
            return replace(self, status=ShiftStatus.REFUSED, error="; ".join(self.problems))
        status = ShiftStatus.AVAILABLE if self.status == ShiftStatus.REFUSED else self.status
        since = {person: since or now for person, since in self.holders.items()}
        return replace(self, status=status, error="", holders=since).settled(now, offer_time)

    def told(self) -> "Shift":
        """Everybody has been told of a cancellation that was taken back."""
        return self if self.status == ShiftStatus.CANCELLED else replace(self, cancelled_for={})

    def reminded_at(self, before: timedelta) -> datetime | None:
        """When those who have it by then are reminded; None without a start, or without reminders."""
        return self.starts_at - before if self.starts_at and before else None

    def next_moment(self, now: datetime, reminder: timedelta) -> datetime | None:
        """When time alone will change something: an offer runs out, a reminder is due, or it closes."""
        if self.status not in KEPT:
            return None
        moments = [offer.until for offer in self.offers.values()]
        if self.holders:
            moments += filter(None, [self.reminded_at(reminder)])
        if self.status == ShiftStatus.AVAILABLE or self.waiting:
            moments += filter(None, [self.closes_at])
        if self.status == ShiftStatus.TAKEN and self.span:
            moments.append(self.span.end)
        return min((moment for moment in moments if moment > now), default=None)

    @property
    def quiet(self) -> bool:
        """Whether neither time nor an operator asks for anything: such shifts are as in the post."""
        wanted = (self.problems, self.offers, self.waiting, self.cancelled_for, self.error, self.closes_at)
        return self.status in KEPT and not any(wanted) and None not in self.holders.values()

    def item(self) -> dict[str, Any]:
        """What a change writes on the item; None removes the attribute."""
        single = next(iter(self.holders), None) if self.seats == 1 else None
        return {
            "shift_status": str(self.status) or None,
            "employee": single,
            "employees": {person: written(since) for person, since in self.holders.items()} or None,
            "waiting_list": list(self.waiting) or None,
            "offers": {
                person: {
                    "since": written(offer.since),
                    "until": written(offer.until),
                    **({"told": True} if offer.told else {}),
                    **({"refused": True} if offer.refused else {}),
                }
                for person, offer in self.offers.items()
            }
            or None,
            "cancelled_for": {person: written(since) for person, since in self.cancelled_for.items()} or None,
            "shift_error": self.error or None,
        }


def _without(shift: Shift, person: str) -> Shift:
    """Neither waiting nor being offered anything."""
    return replace(
        shift,
        offers={other: offer for other, offer in shift.offers.items() if other != person},
        waiting=tuple(other for other in shift.waiting if other != person),
    )


def _counted(shift: Shift) -> Shift:
    """With the status that its seats give it, unless the operator wants another."""
    if shift.status not in KEPT:
        return shift
    free = shift.seats - len(shift.holders) - len(shift.offers)
    return replace(shift, status=ShiftStatus.AVAILABLE if free > 0 else ShiftStatus.TAKEN)


def written(time: datetime | None) -> str:
    return time.isoformat() if time else ""
