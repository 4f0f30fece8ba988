"""A shift: its seats, its waiting list, and the changes to them.

A seat is free, has a holder, or is offered to one employee of the waiting list. Every change returns a new shift whose
seats add up. `bookings/booking.py` decides who may have a seat, `waiting_list.py` who is offered one, and `notices.py`
who is texted.
"""

from collections.abc import Collection, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.changes.announced import History, TimeAndPlace, with_current
from shift_sms_runtime.shifts.manager_notices.event import (
    NOT_REPEATED_FOR,
    ManagerEvents,
    with_event,
    without_events,
)
from shift_sms_runtime.shifts.shift_times import Span
from shift_sms_runtime.shifts.waiting_list import (
    SHORTEST_OFFER,
    Offer,
    keep_offers,
    keep_out_of_quiet_hours,
    offer_seats,
)

if TYPE_CHECKING:
    from shift_sms_runtime.shifts.filling.fill_plan import FillPlan
    from shift_sms_runtime.shifts.filling.urgent_fill import UrgentFill


class ShiftStatus(StrEnum):
    """The values of `shift_status` that the product uses.

    An operator may write any other word: such a shift is not open and is never changed.
    """

    AVAILABLE = "available"
    TAKEN = "taken"
    """No seat is free: each has a holder or is offered."""
    CLOSED = "closed"
    """It started or its deadline passed while seats were free, or it is over."""
    CANCELED = "cancelled"
    REFUSED = "refused"
    """The item has errors, so the shift cannot be booked; `shift_error` says which."""


_AN_INSTANT = timedelta(microseconds=1)

MAX_GIVEN_BACK = 50
"""The employees who gave the shift back that its item records."""

MAX_SICK_CALLS = 20
"""The sick calls that the item of a shift records."""


DERIVED_STATUSES = frozenset({ShiftStatus.AVAILABLE, ShiftStatus.TAKEN, ShiftStatus.CLOSED})
"""The statuses that follow from the seats and the time.

An operator's edit leads to the others.
"""


@record
class Shift:
    """An item of the Shifts table. Times are in UTC; a text attribute that is missing is empty."""

    shift_id: str
    info: str = ""
    status: str = ShiftStatus.AVAILABLE
    seats: int = 1
    holders: Mapping[str, datetime | None] = field(default_factory=dict)
    """The phone numbers that have a seat, and since when.

    None if an operator wrote the number by hand.
    """
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
    """The employees whom a cancellation affects, and its time.

    The time identifies their notices.
    """
    sick_calls: Mapping[str, datetime] = field(default_factory=dict)
    """The employees who reported that they are sick, and when. The latest `MAX_SICK_CALLS` are kept."""
    given_back: Mapping[str, datetime] = field(default_factory=dict)
    """The employees who gave their seat back by text, and when. The latest `MAX_GIVEN_BACK` are kept."""
    urgent_fill: "UrgentFill | None" = None
    """The urgent fill plan that starts when the shift is written. None changes no plan."""
    manager_events: ManagerEvents = ()
    """What happened last, by kind and employee, for the notices to managers."""
    announced: History = ()
    """The times and places that holders may know. Empty if the shift had no holder since this is recorded."""
    error: str = ""
    """`shift_error`: the problems that were last written to the item."""
    problems: tuple[str, ...] = ()
    """The errors in the item, for the operator. A shift with problems cannot be booked."""
    fill: "FillPlan | None" = None
    """The fill plan; None if the item has none."""
    stored_item: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The item as it was read, to detect changes when the shift is written."""

    @property
    def span(self) -> Span | None:
        """The time from start to end; None without a start."""
        return Span(self.starts_at, self.ends_at or self.starts_at) if self.starts_at else None

    @property
    def closes_at(self) -> datetime | None:
        """When booking ends: the earlier of the start and `respond_by`. None without either."""
        return min((time for time in (self.starts_at, self.respond_by) if time), default=None)

    @property
    def fill_by(self) -> datetime | None:
        """When the fill plan ends: at `fill_by`, at the latest when the shift closes. None without a time."""
        times = (self.fill.fill_by if self.fill else None, self.closes_at)
        return min((time for time in times if time), default=None)

    @property
    def free_seats(self) -> int:
        """The number of seats that have no holder and are not offered."""
        return self._free_seats_with(self.offers)

    def _free_seats_with(self, offers: Mapping[str, Offer]) -> int:
        return 0 if self._taken_by_hand else max(0, self.seats - len(self.holders) - len(offers))

    @property
    def unfilled_seats(self) -> int:
        """The number of seats that have no holder, offered ones included."""
        return self._free_seats_with({})

    @property
    def is_unfilled(self) -> bool:
        """Whether a seat has no holder, and the shift is not canceled, on hold or wrong."""
        return self.unfilled_seats > 0 and self.status in DERIVED_STATUSES and not self.problems

    @property
    def _taken_by_hand(self) -> bool:
        """Whether the operator marked the only seat as taken without writing a number."""
        unnamed = not self.holders and not self.offers
        return self.status == ShiftStatus.TAKEN and self.seats == 1 and unnamed

    def is_open(self, now: datetime) -> bool:
        """Returns whether a free seat, if there is one, can be booked."""
        on_time = self.closes_at is None or now < self.closes_at
        return on_time and not self.problems and self.status in DERIVED_STATUSES

    def can_be_dropped(self, now: datetime, cutoff: timedelta) -> bool:
        """Returns whether a holder may give the seat back by text.

        `cutoff` is the time before the start.
        """
        return self.starts_at is None or now <= self.starts_at - cutoff

    def as_of(self, now: datetime, offer_duration: timedelta) -> "Shift":
        """Returns the shift at a time: offers free seats to the waiting list.

        An offer lasts for `offer_duration`, or until the shift closes. After that its seat stays held until
        `without_offers_ended` or `with_offers_missed`, because only the ledger tells whether its text was sent.
        """
        if self.status not in DERIVED_STATUSES or self.problems:
            return self
        is_open, offers, waiting = self.is_open(now), dict[str, Offer](), self.waiting
        if is_open:
            new_offer = self._offer_from(now, offer_duration)
            offers, waiting = keep_offers(self.offers, waiting, max(0, self.seats - len(self.holders)))
            if new_offer.until - now >= SHORTEST_OFFER:
                offers, waiting = offer_seats(offers, waiting, self._free_seats_with(offers), new_offer)
        free_seats = self._free_seats_with(offers)
        status_if_free = ShiftStatus.AVAILABLE if is_open else ShiftStatus.CLOSED
        status = status_if_free if free_seats or self.is_over(now) else ShiftStatus.TAKEN
        return replace(self, offers=offers, waiting=waiting, status=status)

    def without_offers_in_quiet_hours(
        self,
        unsent: Collection[str],
        quiet_until: Mapping[str, datetime],
        now: datetime,
        offer_duration: timedelta,
    ) -> "Shift":
        """Gives the seats of offers in quiet hours to employees who may be texted, or postpones the offers.

        Args:
            unsent: the phone numbers whose offers were not sent.
            quiet_until: when quiet hours end, by phone number.
            now: the time.
            offer_duration: how long an offer lasts.
        """
        offers, waiting = keep_out_of_quiet_hours(
            self.offers,
            self.waiting,
            unsent=unsent,
            quiet_until=quiet_until,
            offer_from=lambda at: self._offer_from(at, offer_duration),
            now=now,
        )
        return _with_derived_status(replace(self, offers=offers, waiting=waiting))

    def _offer_from(self, at: datetime, offer_duration: timedelta) -> Offer:
        return Offer(at, self._offer_end(at, offer_duration))

    def _offer_end(self, now: datetime, offer_duration: timedelta) -> datetime:
        return min(filter(None, (now + offer_duration, self.closes_at)))

    def is_over(self, now: datetime) -> bool:
        """Returns whether the shift has ended, or has started if it has no end.

        A shift without times is never over.
        """
        span = self.span
        return span is not None and now >= span.end

    def is_awaited_by(self, number: str) -> bool:
        """Returns whether an employee is on the waiting list, or is offered a seat."""
        return number in self.waiting or number in self.offers

    def with_holder(self, number: str, now: datetime) -> "Shift":
        """Gives an employee the seat that is offered to them, or a free one."""
        # If the shift has no holder, no employee has to be told of a change before.
        known = self if self.holders else replace(self, announced=())
        shift = _without_offer_and_place(_with_time_and_place(known, now), number)
        return _with_derived_status(
            replace(
                shift,
                holders={**self.holders, number: now},
                sick_calls=_without(self.sick_calls, number),
                given_back=_without(self.given_back, number),
            )
        )

    def without_holder(self, number: str) -> "Shift":
        """Frees the seat of an employee."""
        holders = {other: since for other, since in self.holders.items() if other != number}
        return _with_derived_status(replace(self, holders=holders))

    def given_back_by(self, number: str, now: datetime) -> "Shift":
        """Frees the seat that an employee gives back, and records it for the fill plan and for the managers."""
        given_back = sorted({**self.given_back, number: now}.items(), key=lambda one: one[1])
        recorded = replace(self, given_back=dict(given_back[-MAX_GIVEN_BACK:]))
        return recorded.without_holder(number).with_manager_event(ManagerNotice.DROPPED, now, number)

    def with_change_noted(self, now: datetime) -> "Shift":
        """Adds the time and place to those that holders may know, if they are others than before.

        All holders had booked the shift before the change, because a booking notes it, too. Does nothing while the item
        has errors, or a status of the operator's own. Holders are told when it is open again.
        """
        if not self.holders or self.problems or self.status not in DERIVED_STATUSES or self.is_over(now):
            return self
        after_bookings = [since + _AN_INSTANT for since in self.holders.values() if since]
        return _with_time_and_place(self, max([now, *after_bookings]))

    def time_and_place(self, now: datetime) -> TimeAndPlace:
        """Returns where and when the shift is.

        `shift_info` may say what no other attribute says. So it counts unless the shift has both a start and a site.
        """
        info = "" if self.starts_at and self.site else " ".join(self.info.split())
        return TimeAndPlace(now, self.starts_at, self.ends_at, self.site, info)

    @property
    def has_new_time_or_place(self) -> bool:
        """Whether the time or place is another one than the last that was noted."""
        return bool(
            self.holders
            and self.announced
            and self.announced[-1].differences(self.time_and_place(self.announced[-1].since))
        )

    def with_sick_call(self, number: str, now: datetime) -> "Shift":
        """Records that a holder reported sickness, for the managers too. A repeated report keeps its first time."""
        known, since = self.sick_calls.get(number), self.holders.get(number)
        if known and not (since and since > known):  # An operator may have written the employee again.
            return self
        calls = sorted({**self.sick_calls, number: now}.items(), key=lambda call: call[1])
        recorded = replace(self, sick_calls=dict(calls[-MAX_SICK_CALLS:]))
        return recorded.with_manager_event(ManagerNotice.SICK, now, number)

    def with_manager_event(self, kind: ManagerNotice, now: datetime, number: str = "") -> "Shift":
        """Records an event that managers are told, unless it is a repetition, as `with_event` describes.

        `number` is the employee who caused it.
        """
        return replace(self, manager_events=with_event(self.manager_events, kind, now, number))

    def with_fill_plan_resumed(self) -> "Shift":
        """Removes how the fill plan ended before. Its next end is told, however soon."""
        left = without_events(self.manager_events, ManagerNotice.FILLED, ManagerNotice.EXHAUSTED)
        return replace(self, manager_events=left)

    def with_unfilled_event(self, now: datetime, lead_time: timedelta) -> "Shift":
        """Records that the shift is not filled, if it starts in `lead_time` or a little less."""
        due = self._unfilled_at(lead_time)
        # A shift that was added or emptied later is no news. Other notices tell of it.
        if due is None or not due <= now < due + min(lead_time, NOT_REPEATED_FOR) or not self.is_unfilled:
            return self
        if any(one.kind is ManagerNotice.UNFILLED and one.at >= due for one in self.manager_events):
            return self
        return self.with_manager_event(ManagerNotice.UNFILLED, now)

    def _unfilled_at(self, lead_time: timedelta) -> datetime | None:
        """Returns when managers are told of a free seat; None without a start, or if `lead_time` is 0."""
        return self.starts_at - lead_time if self.starts_at and lead_time else None

    def with_waiting(self, number: str) -> "Shift":
        """Adds an employee to the end of the waiting list."""
        return replace(self, waiting=(*self.waiting, number))

    def without_waiting(self, number: str) -> "Shift":
        """Removes an employee from the waiting list, and withdraws their offer."""
        shift = _without_offer_and_place(self, number)
        return _with_derived_status(shift) if number in self.offers else shift

    def without_offers_ended(self, *numbers: str) -> "Shift":
        """Ends the offers of employees who did not reply, or who can never be texted."""
        return reduce(Shift.without_waiting, numbers, self)

    def with_offers_missed(self, *numbers: str) -> "Shift":
        """Ends the offers of employees who were not texted in time.

        They wait again, as the last ones.
        """
        return reduce(Shift.with_waiting, numbers, self.without_offers_ended(*numbers))

    def with_offer_extended(self, number: str, now: datetime, offer_duration: timedelta) -> "Shift":
        """Returns the shift with an offer of `offer_duration` from now.

        The offer ends earlier if the shift closes earlier.
        """
        offer = replace(self.offers[number], until=self._offer_end(now, offer_duration))
        return replace(self, offers={**self.offers, number: offer})

    def _emptied(self, now: datetime) -> "Shift":
        """Removes everyone from a shift that the operator canceled, and records whom to notify."""
        affected = dict.fromkeys((*self.holders, *self.offers, *self.waiting), now)
        return replace(
            self, holders={}, offers={}, waiting=(), canceled_for={**self.canceled_for, **affected}
        )

    def reconciled(self, now: datetime, offer_duration: timedelta) -> "Shift":
        """Returns the shift as an operator's edits and the time require it.

        Ends no offer of an open shift.
        """
        if self.status == ShiftStatus.CANCELED:
            return self._emptied(now) if self.holders or self.offers or self.waiting else self
        if self.problems:
            return replace(self, status=ShiftStatus.REFUSED, error="; ".join(self.problems))
        status = ShiftStatus.AVAILABLE if self.status == ShiftStatus.REFUSED else self.status
        shift = replace(self, status=status, error="").with_change_noted(now)
        # Those whom an operator wrote by hand know the time and place as they are now.
        written_at = max([now, *(one.since for one in shift.announced[-1:])])
        holders = {number: since or written_at for number, since in self.holders.items()}
        return replace(shift, holders=holders).as_of(now, offer_duration)

    def without_undone_cancellation(self) -> "Shift":
        """Returns the shift without the employees to notify of a cancellation that was undone.

        Call it after all of them were notified.
        """
        return self if self.status == ShiftStatus.CANCELED else replace(self, canceled_for={})

    def remind_at(self, lead_time: timedelta) -> datetime | None:
        """Returns when holders are reminded; None without a start, or if `lead_time` is 0."""
        return self.starts_at - lead_time if self.starts_at and lead_time else None

    def next_due_at(
        self, now: datetime, reminder_lead_time: timedelta, unfilled_lead_time: timedelta
    ) -> datetime | None:
        """Returns the next time at which the state of the shift can change.

        An offer begins or expires, a notice is due, a change settles, or the shift closes or ends.
        """
        if self.status not in DERIVED_STATUSES:
            return None
        times = [time for offer in self.offers.values() for time in (offer.since, offer.until)]
        if self.holders:
            times += filter(None, [self.remind_at(reminder_lead_time)])
            times += [one.settles_at for one in self.announced[1:]]
        if self.is_unfilled:
            times += filter(None, [self._unfilled_at(unfilled_lead_time)])
        if self.status == ShiftStatus.AVAILABLE or self.waiting:
            times += filter(None, [self.closes_at])
        if self.status == ShiftStatus.TAKEN and self.span:
            times.append(self.span.end)
        return min((time for time in times if time > now), default=None)

    @property
    def needs_reconciling(self) -> bool:
        """Whether time or an edit can require a change or a text.

        This is false for a shift as in the blog post.
        """
        pending = (
            self.problems,
            self.offers,
            self.waiting,
            self.canceled_for,
            self.error,
            self.closes_at,
        )
        written_by_hand = None in self.holders.values()
        by_hand = written_by_hand or self.has_new_time_or_place
        return self.status not in DERIVED_STATUSES or any(pending) or by_hand


def _without_offer_and_place(shift: Shift, number: str) -> Shift:
    """Returns the shift without the employee's offer and place on the waiting list."""
    return replace(
        shift,
        offers={other: offer for other, offer in shift.offers.items() if other != number},
        waiting=tuple(other for other in shift.waiting if other != number),
    )


def _with_time_and_place(shift: Shift, now: datetime) -> Shift:
    """Returns the shift with its time and place as the last ones that holders may know."""
    return replace(shift, announced=with_current(shift.announced, shift.time_and_place(now)))


def _with_derived_status(shift: Shift) -> Shift:
    """Returns the shift with the status that follows from its seats.

    A status that is not derived stays.
    """
    if shift.status not in DERIVED_STATUSES:
        return shift
    free_seats = shift.seats - len(shift.holders) - len(shift.offers)
    return replace(shift, status=ShiftStatus.AVAILABLE if free_seats > 0 else ShiftStatus.TAKEN)


def _without(times: Mapping[str, datetime], number: str) -> dict[str, datetime]:
    return {other: at for other, at in times.items() if other != number}
