"""Reconciles shifts: recomputes their state, and queues due offers and notices.

The notices are cancellations, reminders, changes of time and place, and what managers are told.

A reconciliation depends on the current state alone, not on the event that caused it. A request that arrives twice, late
or out of order does no harm. The outbox sends each notice once. Its status in the ledger says whether its employee was
reached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from shift_sms_runtime.employees.quiet_times import quiet_until
from shift_sms_runtime.employees.recipients import MAX_NUMBER_LENGTH, Recipients
from shift_sms_runtime.messaging.ledger import ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.messaging.permits import Priority
from shift_sms_runtime.messaging.ports import MIN_TIMER_DELAY, Clock, InvocationDeadline
from shift_sms_runtime.messaging.send_once import TransientFailure
from shift_sms_runtime.outbox.outbox_text import OutboxText
from shift_sms_runtime.outbox.ports import Outbox, OutboxWorkers
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.employee_bookings import Booking, EmployeeBookings
from shift_sms_runtime.shifts.manager_notices.filled import with_filled_event
from shift_sms_runtime.shifts.manager_notices.queue import ManagerNoticeQueue
from shift_sms_runtime.shifts.notices import (
    POSSIBLY_REACHED,
    Notice,
    NoticeKind,
    assignment_notices,
    due_notices,
    release_notice,
)
from shift_sms_runtime.shifts.ports import (
    MAX_ADDED_HOLDERS,
    ChangedMeanwhile,
    EmployeeBookingsStore,
    HolderBookings,
    InboxReconciliation,
    Shifts,
    ShiftTimers,
)
from shift_sms_runtime.shifts.reconcile_request import OPERATOR_INBOX
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus

_PASS_SECONDS = 5.0
"""A pass begins, or goes on to add notices, only if this much time is left."""


_UNDONE_CANCELLATION_DELAY = timedelta(minutes=1)
"""When to check again whether the notices of an undone cancellation were sent.

The operator has undone the cancellation.
"""


_SENT = (*POSSIBLY_REACHED, DeliveryStatus.SENDING)
"""The statuses of a notice that the service was asked to send, and did not refuse."""

_NOT_ATTEMPTED = (None, DeliveryStatus.QUEUED, DeliveryStatus.STOPPED)
"""The statuses of a notice that the service was not asked to send.

None if the ledger does not have it.
"""


@record
class _DueNotice:
    """A due notice, and its status in the ledger."""

    notice: Notice
    status: DeliveryStatus | None
    reachable: bool
    """Whether the employee may be texted."""
    quiet_until: datetime | None = None
    """When the employee's quiet hours end, for a notice that was not sent; None if the employee may be texted."""

    @property
    def waits_for_quiet_hours(self) -> bool:
        """Whether it is queued only when quiet hours end."""
        return self.quiet_until is not None and self.status in (None, DeliveryStatus.STOPPED)

    @property
    def pending(self) -> bool:
        """Whether it waits to be sent, or to be queued."""
        if self.waits_for_quiet_hours:
            return False
        waits = self.status in (None, DeliveryStatus.QUEUED) and self.reachable
        return waits or self.status is DeliveryStatus.SENDING


class ShiftReconciler:
    """Reconciles one shift per call."""

    def __init__(
        self,
        *,
        shifts: Shifts,
        bookings: EmployeeBookingsStore,
        holder_bookings: HolderBookings,
        recipients: Recipients,
        shift_timers: ShiftTimers,
        outbox: Outbox,
        workers: OutboxWorkers,
        policy: BookingPolicy,
        origination_identity: str,
        clock: Clock,
        manager_notices: ManagerNoticeQueue | None = None,
        inbox: InboxReconciliation | None = None,
    ) -> None:
        """Creates a reconciler.

        Args:
            shifts: the shifts.
            bookings: the bookings of each employee.
            holder_bookings: adds the bookings of holders whom an operator wrote by hand.
            recipients: the employees who may be texted.
            shift_timers: schedules the next reconciliation.
            outbox: takes the notices.
            workers: send the texts of the outbox.
            policy: decides when reminders are due and how long an offer lasts.
            origination_identity: the phone number, sender ID or pool that sends the notices.
            clock: the time.
            manager_notices: tells managers; None without manager notices.
            inbox: tells managers of the operator inbox after quiet hours; None without manager notices.
        """
        self._shifts = shifts
        self._bookings = bookings
        self._holder_bookings = holder_bookings
        self._recipients = recipients
        self._shift_timers = shift_timers
        self._outbox = outbox
        self._workers = workers
        self._policy = policy
        self._origination_identity = origination_identity
        self._clock = clock
        self._manager_notices = manager_notices
        self._inbox = inbox

    def reconcile(
        self,
        shift_id: str,
        deadline: InvocationDeadline,
        lost_seats: Mapping[str, datetime] = MappingProxyType({}),
    ) -> None:
        """Reconciles a shift or `OPERATOR_INBOX`, and schedules its next reconciliation.

        Args:
            shift_id: the shift, or `OPERATOR_INBOX`.
            deadline: the deadline of the invocation.
            lost_seats: the employees who may have lost their seats by hand, and when they had booked them.

        Raises:
            TryAgainLater: the shift keeps changing, so that no pass came to its end.
        """
        if shift_id == OPERATOR_INBOX:
            if self._inbox is not None:
                self._inbox.reconcile(deadline)
            return
        while True:
            if deadline.remaining() < _PASS_SECONDS:
                raise TransientFailure("the shift keeps changing")
            # A pass uses one time throughout. The next pass handles what becomes due during this one.
            shift, now = self._shifts.get(shift_id), self._clock()
            if shift is None:
                self._shift_timers.clear(shift_id)
                return
            try:
                self._tell_released(shift, lost_seats, now)
                lost_seats = {}
                if self._run_pass(shift, now, deadline):
                    return
            except ChangedMeanwhile:
                continue

    def _run_pass(self, shift: Shift, now: datetime, deadline: InvocationDeadline) -> bool:
        """Reconciles a shift as it was read. Returns whether it was the last pass."""
        bookings = self._updated_bookings(shift, now)
        if bookings is None:
            return False
        due = self._due(shift, bookings, now)
        pending = [one for one in due if one.pending]
        canceling = any(one.notice.kind is NoticeKind.CANCELLATION for one in pending)
        reconciled = _without_ended_offers(shift, due, now).reconciled(now, self._policy.offer_duration)
        reconciled = self._without_offers_in_quiet_hours(reconciled, due, now)
        if not canceling:
            reconciled = reconciled.without_undone_cancellation()
        if self._manager_notices is not None:
            reconciled = reconciled.with_unfilled_event(now, self._policy.unfilled_lead_time)
            reconciled = with_filled_event(reconciled, now)
        if reconciled != shift:
            self._shifts.save(reconciled)
            return False
        manager_notices = self._manager_notices.unsent_news_of(shift, now) if self._manager_notices else []
        ends = [one.quiet_until for one in manager_notices if one.waits]
        # Before the notices, because the next change is due even if they fail.
        self._set_timer(shift, due, now, ends, canceling=canceling)
        if pending and not self._queue(pending, shift.shift_id, now, deadline):
            return True
        if self._manager_notices is not None and not self._manager_notices.add(manager_notices, deadline):
            self._shift_timers.set(shift.shift_id, self._clock() + MIN_TIMER_DELAY)
            return True
        # Another function may have saved a change and set the timer for it before this one replaced the timer.
        return self._shifts.get(shift.shift_id) == shift

    def _without_offers_in_quiet_hours(self, shift: Shift, due: Sequence[_DueNotice], now: datetime) -> Shift:
        """Returns the shift without offers to employees in quiet hours, unless their texts are queued or sent."""
        offers_in_outbox = {
            one.notice.phone_number
            for one in due
            if one.notice.kind is NoticeKind.OFFER
            and one.status is not None
            and not one.waits_for_quiet_hours
        }
        unsent = [number for number in shift.offers if number not in offers_in_outbox]
        if not unsent or not self._policy.quiet_hours:
            return shift
        ends = {
            number: end
            for number, employee in self._recipients.among([*unsent, *shift.waiting]).items()
            if (end := quiet_until(employee, self._policy.quiet_time, now, shift.zone)) is not None
        }
        return shift.without_offers_in_quiet_hours(unsent, ends, now, self._policy.offer_duration)

    def _set_timer(
        self,
        shift: Shift,
        due: Sequence[_DueNotice],
        now: datetime,
        quiet_hours_end: Sequence[datetime | None],
        *,
        canceling: bool,
    ) -> None:
        """Schedules the next reconciliation.

        `canceling` means that cancellation notices wait. `quiet_hours_end` are the times until which notices to
        managers wait.
        """
        policy = self._policy
        unfilled_lead_time = policy.unfilled_lead_time if self._manager_notices else timedelta()
        times = [shift.next_due_at(now, policy.reminder_lead_time, unfilled_lead_time), *quiet_hours_end]
        times += [one.quiet_until for one in due if one.waits_for_quiet_hours]
        if canceling and shift.status != ShiftStatus.CANCELED:
            times.append(now + _UNDONE_CANCELLATION_DELAY)
        at = min(filter(None, times), default=None)
        if at is None:
            self._shift_timers.clear(shift.shift_id)
        else:
            self._shift_timers.set(shift.shift_id, max(at, self._clock() + MIN_TIMER_DELAY))

    def _updated_bookings(self, shift: Shift, now: datetime) -> Mapping[str, EmployeeBookings] | None:
        """Writes the shift into its holders' bookings, and returns them; None if the shift was written, too.

        An operator may edit holders or times by hand. Every other booking was written together with the seat.
        """
        numbers = [number for number in shift.holders if len(number) <= MAX_NUMBER_LENGTH]
        # A time that cannot be read must not remove the time from a booking. A canceled shift loses its holders.
        if not numbers or shift.problems or shift.status == ShiftStatus.CANCELED:
            return {}
        dated = shift.reconciled(now, self._policy.offer_duration)
        read, missing = dict(self._bookings.of(numbers)), {}
        for number, bookings in read.items():
            since = dated.holders[number] or now
            before = bookings.by_shift.get(shift.shift_id)
            booking = Booking(shift.shift_id, shift.span, since)
            if before is not None:
                # A booking of another time is of a seat that the employee had before.
                known = before if before.booked_at == since else booking
                booking = replace(known, span=shift.span)
            elif booking.expired(now):
                continue
            if booking == before:
                continue
            if before is None or before.booked_at != since:
                missing[number] = bookings.with_booking(booking)
            else:
                read[number] = bookings.with_booking(booking)
                self._bookings.replace(number, before=bookings, after=read[number], now=now)
        if not missing:
            return read
        added = dict([*missing.items()][:MAX_ADDED_HOLDERS])
        self._holder_bookings.add(dated, before={one: read[one] for one in added}, after=added, now=now)
        return None

    def _tell_released(self, shift: Shift, lost_seats: Mapping[str, datetime], now: datetime) -> None:
        """Tells employees whose seats an operator took by hand.

        The product frees a seat and removes the booking in one transaction. If the booking is still there, the seat
        was taken by hand.
        """
        gone = {
            number: at
            for number, at in lost_seats.items()
            if number not in shift.holders and len(number) <= MAX_NUMBER_LENGTH
        }
        if not gone:
            return
        for number, bookings in self._bookings.of([*gone]).items():
            booking = bookings.by_shift.get(shift.shift_id)
            if booking is None or booking.booked_at != gone[number]:
                continue
            if not shift.is_over(now) and self._recipients.among([number]):
                self._add(release_notice(shift, number, booking.booked_at, now), shift.shift_id, now)
                self._workers.ensure_running(Priority.NOTICE)
            after = bookings.without(shift.shift_id)
            self._bookings.replace(number, before=bookings, after=after, now=now)

    def _due(
        self, shift: Shift, bookings: Mapping[str, EmployeeBookings], now: datetime
    ) -> Sequence[_DueNotice]:
        """Returns the due notices with their statuses, and those that wait until quiet hours end."""
        notices = [
            *due_notices(shift, self._policy, now),
            *assignment_notices(shift, bookings, self._policy, now),
        ]
        keys = dict.fromkeys(key for one in notices for key in one.ledger_keys)
        statuses = self._outbox.statuses([*keys]) if notices else {}
        attempted = {key for key, status in statuses.items() if status not in _NOT_ATTEMPTED}
        recipients = self._recipients.among(one.phone_number for one in notices if one.key not in attempted)
        withdrawn = {key for key, status in statuses.items() if status is DeliveryStatus.STOPPED}
        told = statuses.keys() - withdrawn
        sent = {key for key, status in statuses.items() if status in _SENT}
        return [
            _DueNotice(
                one,
                statuses.get(one.key),
                one.key in attempted or one.phone_number in recipients,
                one.waits_until(
                    quiet_until(recipients.get(one.phone_number), self._policy.quiet_time, now, shift.zone)
                )
                if one.may_wait_for_quiet_hours and one.key not in attempted
                else None,
            )
            for one in notices
            if (not one.again or replace(one, again=False).key in withdrawn)
            and not one.is_known(sent=sent, told=told)
        ]

    def _queue(
        self, pending: Sequence[_DueNotice], shift_id: str, now: datetime, deadline: InvocationDeadline
    ) -> bool:
        """Adds the pending notices to the outbox, unless it has them, and starts a worker.

        Starts one even if it adds none: an earlier reconciliation may have stopped after it added a notice.

        Returns:
            False if no time was left for some of them. The shift is reconciled again soon.
        """
        all_added = True
        for one in pending:
            if one.status is not None:
                continue
            if deadline.remaining() < _PASS_SECONDS:
                self._shift_timers.set(shift_id, self._clock() + MIN_TIMER_DELAY)
                all_added = False
                break
            self._add(one.notice, shift_id, now)
        self._workers.ensure_running(Priority.NOTICE)
        return all_added

    def _add(self, notice: Notice, shift_id: str, now: datetime) -> None:
        """Adds a notice to the outbox, unless it has it."""
        self._outbox.add(
            OutboxText(
                notice.phone_number,
                ReplyKind.NOTICE,
                notice.notice_id,
                Priority.NOTICE,
                self._origination_identity,
                queued_at=now,
                shift_id=shift_id,
            )
        )


def _without_ended_offers(shift: Shift, due: Sequence[_DueNotice], now: datetime) -> Shift:
    """Ends the offers whose time is up, and those whose employees were not reached.

    An employee whom the service cannot text leaves the waiting list. An employee whose text was not sent in time goes
    to its end. In both cases the next employee is offered the seat at once. Offers that wait for the end of quiet hours
    stay.
    """
    ended, missed = [], []
    for one in due:
        number = one.notice.phone_number
        if one.notice.kind is not NoticeKind.OFFER or (one.waits_for_quiet_hours and one.reachable):
            continue
        expired = now >= shift.offers[number].until
        if one.status in POSSIBLY_REACHED:
            ended += [number] if expired else []
        elif not one.reachable:
            ended.append(number)
        elif one.status in (None, DeliveryStatus.QUEUED, DeliveryStatus.SENDING):
            missed += [number] if expired else []
        elif one.status is DeliveryStatus.STOPPED:
            missed.append(number)
        else:
            ended.append(number)
    return shift.without_offers_ended(*ended).with_offers_missed(*missed)
