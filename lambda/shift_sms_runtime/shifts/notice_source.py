"""Renders notices when they are sent, from the state of the shift at that time."""

from datetime import datetime, timedelta

from shift_sms_runtime.employees.employee import Employee
from shift_sms_runtime.employees.quiet_times import quiet_until
from shift_sms_runtime.employees.recipients import Recipients
from shift_sms_runtime.language.locale import Locales
from shift_sms_runtime.messaging.outgoing_text import SendOutcome
from shift_sms_runtime.messaging.ports import Clock
from shift_sms_runtime.outbox.outbox_text import OutboxText, RenderedText
from shift_sms_runtime.queue_messages import Queue
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.notices import (
    POSSIBLY_REACHED,
    Notice,
    NoticeKind,
    due_notices,
    is_change,
    is_offer,
    is_reminder,
    operator_notice,
)
from shift_sms_runtime.shifts.ports import ChangedMeanwhile, Shifts
from shift_sms_runtime.shifts.reconcile_request import ReconcileRequest
from shift_sms_runtime.shifts.shift import Shift

_NOTICEABLE_WAIT = timedelta(minutes=1)
"""An offer whose text waited longer is extended.

Its text names the end of the offer to the minute.
"""

_MAX_READS = 3
"""How often a shift is read for one text.

After the last read the offer is not extended, because the shift keeps changing.
"""


class NoticeSource:
    """Implements `TextSource` for offers, cancellations, reminders, and what operators change, assign and release."""

    def __init__(
        self,
        *,
        shifts: Shifts,
        recipients: Recipients,
        requests: Queue[ReconcileRequest],
        locales: Locales,
        policy: BookingPolicy,
        clock: Clock,
    ) -> None:
        """Creates a source.

        Args:
            shifts: the shifts.
            recipients: the employees who may be texted.
            requests: the queue of shifts to reconcile.
            locales: the languages of the notices.
            policy: decides when reminders are due and how long an offer lasts.
            clock: the time.
        """
        self._shifts = shifts
        self._recipients = recipients
        self._requests = requests
        self._locales = locales
        self._policy = policy
        self._clock = clock

    def render(self, text: OutboxText) -> RenderedText | None:
        """Renders a notice, as `TextSource.render` describes.

        Extends an offer whose text has waited, so that its employee has time to reply. An offer, a reminder or a
        change that has waited until quiet hours began is not due any longer.
        """
        employee = self._recipients.among([text.phone_number]).get(text.phone_number)
        notice = self._due_notice(text, employee) if employee is not None else None
        if employee is None or notice is None:
            return None
        body = notice.text(self._locales.of(employee.language))
        return RenderedText(body, notice.key, notice.deadline)

    def record_outcome(self, text: OutboxText, outcome: SendOutcome) -> None:
        """See `TextSource.record_outcome`.

        The seat of an offer that was not sent is offered to the next employee. A reminder or a change that was
        withdrawn may be due again, for example when quiet hours end.
        """
        if text.shift_id is None or outcome.status in POSSIBLY_REACHED:
            return
        may_be_due_again = is_change(text.reply_id) or (
            self._policy.quiet_hours and is_reminder(text.reply_id)
        )
        if is_offer(text.reply_id) or may_be_due_again:
            self._requests.put([ReconcileRequest(text.shift_id)])

    def _due_notice(self, text: OutboxText, employee: Employee, *, reads: int = _MAX_READS) -> Notice | None:
        """Returns the notice of a text; None if it is not due any longer.

        Reads the shift up to `reads` times.
        """
        shift, now = self._shifts.get(text.shift_id or ""), self._clock()
        if shift is None:
            return None
        shift = shift.as_of(now, self._policy.offer_duration)
        notice = self._find(text, shift, now)
        if notice is not None and notice.waits_until(self._quiet_until(employee, shift, now)):
            return None
        if notice is None or notice.kind is not NoticeKind.OFFER or reads == 1:
            return notice
        extended = shift.with_offer_extended(text.phone_number, now, self._policy.offer_duration)
        if extended.offers[text.phone_number].until - notice.deadline <= _NOTICEABLE_WAIT:
            return notice
        try:
            self._shifts.save(extended)
        except ChangedMeanwhile:
            return self._due_notice(text, employee, reads=reads - 1)
        return self._find(text, extended, now)

    def _quiet_until(self, employee: Employee, shift: Shift, now: datetime) -> datetime | None:
        return quiet_until(employee, self._policy.quiet_time, now, shift.zone)

    def _find(self, text: OutboxText, shift: Shift, now: datetime) -> Notice | None:
        due = due_notices(shift, self._policy, now)
        notice = next(
            (one for one in due if (one.phone_number, one.notice_id) == (text.phone_number, text.reply_id)),
            None,
        )
        if notice is None:
            return operator_notice(shift, text.phone_number, text.reply_id, self._policy, now)
        if notice.kind is not NoticeKind.OFFER:
            return notice
        # Other employees wait for the seat. So an offer that could not be sent within its duration is not extended.
        return notice if now < notice.occasion + self._policy.offer_duration else None
