"""Reconciles shifts: recomputes a shift's state and sends due offers, reminders and notices.

A reconciliation depends on the current state alone, not on the event that caused it. A request that arrives twice, late
or out of order does no harm. The ledger makes sure that each notice is sent once.
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
from shift_sms_runtime.messaging.send_once import (
    DestinationProblem,
    SendOnce,
    TransientFailure,
    TryAgainLater,
)
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking
from shift_sms_runtime.shifts.notices import Notice, due_notices
from shift_sms_runtime.shifts.ports import ChangedMeanwhile, EmployeeBookingsStore, Shifts, ShiftTimers
from shift_sms_runtime.shifts.reminders import due_reminders
from shift_sms_runtime.shifts.shift import Shift

_POSSIBLY_REACHED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN)


_PASS_SECONDS = 5.0
"""A pass begins only if this much time is left."""


_MAX_NUMBER_LENGTH = 64
"""Longer text in the place of a phone number is a mistake of an operator. It could exceed the size of a key."""


_MAX_STATE_AGE = timedelta(seconds=1)
"""The shift is read again before a notice is sent if the last read is older."""


_MIN_TIMER_DELAY = timedelta(seconds=5)
"""A schedule whose time passes before it is created would never fire."""


class _Progress(Enum):
    """How far a pass came with its notices."""

    ALL_SENT = auto()
    SHIFT_CHANGED = auto()
    """The next pass sends the rest."""
    PAUSED = auto()
    """Sends are throttled: a later reconciliation sends the rest."""


@dataclass
class _Results:
    """The results of the notices that a pass has sent so far."""

    any_sent: bool = False
    """Whether at least one text was sent in this pass."""
    offers_notified: list[str] = field(default_factory=list)
    offers_refused: list[str] = field(default_factory=list)
    refusal: DestinationProblem | None = None
    """The last refusal of a single number, if any."""


class ShiftReconciler:
    """Reconciles one shift per call."""

    def __init__(
        self,
        *,
        shifts: Shifts,
        bookings: EmployeeBookingsStore,
        employees: Employees,
        shift_timers: ShiftTimers,
        send_once: SendOnce[ReplyKey],
        locales: Locales,
        policy: BookingPolicy,
        origination_identity: str,
        approved_numbers: frozenset[str],
        clock: Clock,
    ) -> None:
        """Creates a reconciler.

        Args:
            shifts: the shifts.
            bookings: the bookings of each employee.
            employees: the employees.
            shift_timers: schedules the next reconciliation.
            send_once: sends the notices.
            locales: the languages of the notices.
            policy: decides when reminders are due and how long an offer lasts.
            origination_identity: the phone number, sender ID or pool that sends the notices.
            approved_numbers: the numbers that get notices without being on the roster.
            clock: the time.
        """
        self._shifts = shifts
        self._bookings = bookings
        self._employees = employees
        self._shift_timers = shift_timers
        self._send_once = send_once
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
            if deadline.remaining() < _PASS_SECONDS:
                raise TransientFailure("the shift keeps changing")
            # A pass uses one time throughout. The next pass handles what becomes due during this one.
            shift, now = self._shifts.get(shift_id), self._clock()
            if shift is None:
                self._shift_timers.clear(shift_id)
                return
            try:
                if self._run_pass(shift, now, deadline):
                    return
            except ChangedMeanwhile:
                continue

    def _run_pass(self, shift: Shift, now: datetime, deadline: InvocationDeadline) -> bool:
        """Reconciles a shift as it was read. Returns whether it was the last pass."""
        self._update_bookings(shift, now)
        reconciled = shift.reconciled(now, self._policy.offer_duration)
        if reconciled != shift:
            self._shifts.save(reconciled)
            return False
        # Before the notices, because the next change is due even if they fail.
        self._set_timer(shift.shift_id, shift.next_due_at(now, self._policy.reminder_lead_time))
        progress = self._notify(shift, now, deadline)
        if progress is _Progress.SHIFT_CHANGED:
            return False
        if progress is _Progress.PAUSED:
            self._set_timer(shift.shift_id, self._clock())
            return True
        # Another function may have saved a change and set the timer for it before this one replaced the timer.
        return self._shifts.get(shift.shift_id) == shift

    def _set_timer(self, shift_id: str, at: datetime | None) -> None:
        if at is None:
            self._shift_timers.clear(shift_id)
        else:
            self._shift_timers.set(shift_id, max(at, self._clock() + _MIN_TIMER_DELAY))

    def _update_bookings(self, shift: Shift, now: datetime) -> None:
        """Writes the shift into its holders' bookings, because an operator may edit holders or times by hand."""
        numbers = [number for number in shift.holders if len(number) <= _MAX_NUMBER_LENGTH]
        # A time that cannot be read must not remove the time from a booking.
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
            DestinationProblem: the service refused a number. The other employees were notified.
            TryAgainLater: no text could be sent.
        """
        results = _Results()
        try:
            progress = self._send_all(
                [*due_notices(shift, now), *due_reminders(shift, self._policy, now)],
                shift,
                now,
                results,
                deadline,
            )
        except TryAgainLater:
            self._save_results(shift, results)
            raise
        if progress is _Progress.SHIFT_CHANGED:
            return progress
        if progress is _Progress.PAUSED:
            self._save_results(shift, results)
            return progress
        changed = self._save_results(shift, results, all_notified=results.refusal is None)
        if results.refusal is not None:
            raise results.refusal
        return _Progress.SHIFT_CHANGED if changed else _Progress.ALL_SENT

    def _save_results(self, shift: Shift, results: _Results, *, all_notified: bool = False) -> bool:
        """Saves on the shift which offers were sent or refused. Returns whether the shift changed."""
        changed = shift.with_offers_notified(*results.offers_notified)
        changed = changed.with_offers_refused(*results.offers_refused)
        changed = changed.without_undone_cancellation() if all_notified else changed
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
        """Sends the notices one after another, and adds what became of them to `results`."""
        numbers = [
            notice.phone_number for notice in notices if len(notice.phone_number) <= _MAX_NUMBER_LENGTH
        ]
        employees = self._employees.of(numbers) if numbers else {}
        read_at = now
        for notice in notices:
            number = notice.phone_number
            if self._clock() - read_at > _MAX_STATE_AGE:
                # Sends take time, and a notice must still be true when it is sent.
                if self._shifts.get(shift.shift_id) != shift:
                    return _Progress.SHIFT_CHANGED
                read_at = self._clock()
            try:
                outcome = self._send(
                    notice, employees.get(number, Employee(number, on_roster=False)), deadline
                )
            except DestinationProblem as refusal:
                results.refusal = refusal
                results.offers_refused += [number] if notice.offered_shift_id else []
                continue
            except TransientFailure:
                if not results.any_sent:
                    raise
                return _Progress.PAUSED
            results.any_sent = results.any_sent or outcome == SendOutcome(DeliveryStatus.SENT)
            if notice.offered_shift_id and outcome.status not in _POSSIBLY_REACHED:
                # An employee who was not reached cannot accept, so the next one gets the offer at once.
                self._shifts.save(shift.without_waiting(number).as_of(now, self._policy.offer_duration))
                return _Progress.SHIFT_CHANGED
            results.offers_notified += [number] if notice.offered_shift_id else []
        return _Progress.ALL_SENT

    def _send(self, notice: Notice, employee: Employee, deadline: InvocationDeadline) -> SendOutcome:
        """Sends a notice. A number that is not approved counts as opted out."""
        number = employee.phone_number
        approved = employee.on_roster or number in self._approved_numbers
        if employee.opted_out or not approved:
            return SendOutcome(DeliveryStatus.OPTED_OUT)
        body = notice.text(self._locales.of(employee.language))
        key = ReplyKey(number, notice.notice_id, ReplyKind.NOTICE, offered_shift_id=notice.offered_shift_id)
        return self._send_once.send(key, OutgoingText(number, self._origination_identity, body), deadline)
