"""Reconciles shifts: recomputes a shift's state and sends due offers, reminders and notices.

It compares the current state with what follows from it, and not with the event that called it. A request that arrives
twice, late or out of order does no harm. The ledger makes sure that each notice is sent once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.ports import Employees
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus, OutgoingText, SendOutcome
from shift_sms_runtime.messaging.ports import Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import OthersMayGo, SendOnce, SlowDown, TryAgainLater
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking
from shift_sms_runtime.shifts.notices import Notice, due_notices
from shift_sms_runtime.shifts.ports import BookingsOfEmployees, ChangedMeanwhile, Shifts, ShiftTimers
from shift_sms_runtime.shifts.shift import Shift

_REACHED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN)


_TIME_FOR_A_PASS = 5.0
"""Seconds that must be left to begin a pass."""


_LONGEST_NUMBER = 64
"""Characters of a phone number; what an operator wrote by mistake may be longer than a key can be."""


_OLDEST_STATE = timedelta(seconds=1)
"""How old the state may be that a notice is based on."""


_EARLIEST_TIMER = timedelta(seconds=5)
"""A schedule whose time passes before it is created would never fire."""


class _Progress(Enum):
    """How far the notices of a pass were sent."""

    ALL_SENT = auto()
    SHIFT_CHANGED = auto()
    """The rest is up to the next pass."""
    PAUSED = auto()
    """The number is throttled: the rest is sent later."""


@dataclass
class _Results:
    """The results of the notices of a pass so far."""

    any_sent: bool = False
    """Whether at least one text has left in this pass."""
    offers_notified: list[str] = field(default_factory=list)
    offers_refused: list[str] = field(default_factory=list)
    refusal: OthersMayGo | None = None
    """The last refusal of one number, if there was one."""


class ShiftReconciler:
    """Reconciles shifts, one per call."""

    def __init__(
        self,
        *,
        shifts: Shifts,
        bookings: BookingsOfEmployees,
        employees: Employees,
        shift_timers: ShiftTimers,
        sends: SendOnce[ReplyKey],
        locales: Locales,
        policy: BookingPolicy,
        origination_identity: str,
        approved_numbers: frozenset[str],
        clock: Clock,
    ) -> None:
        """Creates a reconciler.

        Args:
            shifts: the shifts.
            bookings: what each employee has booked.
            employees: the roster.
            shift_timers: schedule the next reconciliation.
            sends: sends the notices.
            locales: word the notices.
            policy: says when reminders are due and how long an offer lasts.
            origination_identity: what the notices leave from.
            approved_numbers: numbers that get notices besides those on the roster.
            clock: the time.
        """
        self._shifts = shifts
        self._bookings = bookings
        self._employees = employees
        self._shift_timers = shift_timers
        self._sends = sends
        self._locales = locales
        self._policy = policy
        self._origination_identity = origination_identity
        self._approved_numbers = approved_numbers
        self._clock = clock

    def reconcile(self, shift_id: str, deadline: InvocationDeadline) -> None:
        """Reconciles a shift, and schedules its next reconciliation.

        Raises:
            TryAgainLater: something could not be written or sent yet.
        """
        while True:
            if deadline.remaining() < _TIME_FOR_A_PASS:
                raise SlowDown("the shift keeps changing")
            # One time for all of a pass: what comes due meanwhile is up to the next.
            shift, now = self._shifts.get(shift_id), self._clock()
            if shift is None:
                self._shift_timers.clear(shift_id)
                return
            try:
                if self._pass(shift, now, deadline):
                    return
            except ChangedMeanwhile:
                continue

    def _pass(self, shift: Shift, now: datetime, deadline: InvocationDeadline) -> bool:
        """Reconciles a shift as it was read; returns whether no further pass is needed."""
        self._update_bookings(shift, now)
        reconciled = shift.reconciled(now, self._policy.offer_time)
        if reconciled != shift:
            self._shifts.save(reconciled)
            return False
        # The timer comes first: notices may fail for a while, and the next change is due all the same.
        self._set_timer(shift.shift_id, shift.next_due(now, self._policy.reminder))
        progress = self._notify(shift, now, deadline)
        if progress is _Progress.SHIFT_CHANGED:
            return False
        if progress is _Progress.PAUSED:
            self._set_timer(shift.shift_id, self._clock())
            return True
        # Of two functions that set the timer, the last must have read the last change.
        return self._shifts.get(shift.shift_id) == shift

    def _set_timer(self, shift_id: str, at: datetime | None) -> None:
        if at is None:
            self._shift_timers.clear(shift_id)
        else:
            self._shift_timers.set(shift_id, max(at, self._clock() + _EARLIEST_TIMER))

    def _update_bookings(self, shift: Shift, now: datetime) -> None:
        """Adds the shift to its holders' bookings, as an operator may write a holder or change times by hand."""
        numbers = [number for number in shift.holders if len(number) <= _LONGEST_NUMBER]
        # A time that cannot be read must not clear the time of a booking.
        if not numbers or shift.problems:
            return
        for number, bookings in self._bookings.of(numbers).items():
            before = bookings.by_shift.get(shift.shift_id)
            since = shift.holders[number] or now
            booking = replace(before or Booking(shift.shift_id, None, since), span=shift.span)
            if booking != before:
                after = bookings.with_booking(booking)
                self._bookings.replace(number, before=bookings, after=after, now=now)

    def _notify(self, shift: Shift, now: datetime, deadline: InvocationDeadline) -> _Progress:
        """Sends the due notices, as far as time allows.

        Raises:
            OthersMayGo: the service refused a number; all others were notified.
            TryAgainLater: no text could be sent.
        """
        results = _Results()
        try:
            progress = self._send_all(
                list(due_notices(shift, self._policy, now)), shift, now, results, deadline
            )
        except TryAgainLater:
            self._save_results(shift, results)
            raise
        if progress is _Progress.SHIFT_CHANGED:
            return progress
        all_notified = progress is _Progress.ALL_SENT and not results.refusal
        changed = self._save_results(shift, results, all_notified=all_notified)
        if results.refusal and progress is _Progress.ALL_SENT:
            raise results.refusal
        return _Progress.SHIFT_CHANGED if changed and progress is _Progress.ALL_SENT else progress

    def _save_results(self, shift: Shift, results: _Results, *, all_notified: bool = False) -> bool:
        """Records on the shift who was notified; returns whether that changed the shift."""
        changed = shift.with_offers_notified(*results.offers_notified)
        changed = changed.with_offers_refused(*results.offers_refused)
        changed = changed.with_all_notified() if all_notified else changed
        if changed == shift:
            return False
        self._shifts.save(changed)
        return True

    def _send_all(
        self,
        notices: Sequence[Notice],
        shift: Shift,
        now: datetime,
        results: _Results,
        deadline: InvocationDeadline,
    ) -> _Progress:
        numbers = [notice.phone_number for notice in notices if len(notice.phone_number) <= _LONGEST_NUMBER]
        employees = self._employees.of(numbers) if numbers else {}
        read_at = now
        for notice in notices:
            number = notice.phone_number
            if self._clock() - read_at > _OLDEST_STATE:
                # Sends take time, and a notice must still be true when it leaves.
                if self._shifts.get(shift.shift_id) != shift:
                    return _Progress.SHIFT_CHANGED
                read_at = self._clock()
            try:
                outcome = self._send(
                    notice, employees.get(number, Employee(number, on_roster=False)), deadline
                )
            except OthersMayGo as refusal:
                results.refusal = refusal
                results.offers_refused += [number] if notice.offers else []
                continue
            except SlowDown:
                if not results.any_sent:
                    raise
                return _Progress.PAUSED
            results.any_sent = results.any_sent or outcome == SendOutcome(DeliveryStatus.SENT)
            if notice.offers and outcome.status not in _REACHED:
                # An employee who cannot be reached cannot accept: the next one gets the offer at once.
                self._shifts.save(shift.without_waiting(number).as_of(now, self._policy.offer_time))
                return _Progress.SHIFT_CHANGED
            results.offers_notified += [number] if notice.offers else []
        return _Progress.ALL_SENT

    def _send(self, notice: Notice, employee: Employee, deadline: InvocationDeadline) -> SendOutcome:
        number = employee.phone_number
        approved = employee.on_roster or number in self._approved_numbers
        if employee.opted_out or not approved:
            return SendOutcome(DeliveryStatus.OPTED_OUT)
        body = notice.text(self._locales.of(employee.language))
        key = ReplyKey(number, notice.notice_id, ReplyKind.NOTICE, offers=notice.offers)
        return self._sends.send(key, OutgoingText(number, self._origination_identity, body), deadline)
