"""Reminders of a shift that starts soon: when they are due, and their text."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.shifts.booking_policy import BookingPolicy
from shift_sms_runtime.shifts.notices import Notice, one_segment
from shift_sms_runtime.shifts.shift import DERIVED_STATUSES, Shift


def due_reminders(shift: Shift, policy: BookingPolicy, now: datetime) -> Iterator[Notice]:
    """Yields the reminders that are due, including those that were sent before."""
    starts_at, remind_at = shift.starts_at, shift.remind_at(policy.reminder_lead_time)
    if starts_at is None or remind_at is None or shift.status not in DERIVED_STATUSES:
        return
    if remind_at <= now < starts_at:
        droppable = now <= starts_at - policy.drop_cutoff
        for number, booked_at in shift.holders.items():
            # An employee who has just booked the shift needs no reminder.
            if booked_at is None or booked_at < remind_at:
                notice_id = f"reminder#{shift.shift_id}#{starts_at.isoformat()}"
                yield Notice(number, notice_id, partial(reminder_text, shift, droppable=droppable))


def reminder_text(shift: Shift, locale: Locale, *, droppable: bool) -> str:
    """Returns the notice that a shift starts soon. If `droppable`, it says how to drop the shift."""
    if droppable:
        return one_segment(Template.REMINDER, shift, locale, code=shift.shift_id)
    return one_segment(Template.REMINDER_FIXED, shift, locale)
