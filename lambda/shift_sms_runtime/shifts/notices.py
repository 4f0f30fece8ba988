"""Notices about a shift: offers, cancellations and reminders."""

from collections.abc import Callable
from dataclasses import dataclass

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import longest_start, measure, sendable, with_gsm_twins
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.shift import Offer, Shift


@dataclass(frozen=True)
class Notice:
    """One text that we send by ourselves: to whom, its id among the notices to that number, and how it is worded."""

    person: str
    row: str
    words: Callable[[Locale], str]
    offers: str | None = None


def offer_text(shift: Shift, offer: Offer, locale: Locale) -> str:
    """Returns the notice that a seat is held for an employee of the waiting list."""
    time = f"{offer.until.astimezone(shift.zone):%H:%M}"
    return _one_segment(Template.OFFER, shift, locale, time=time)


def cancellation_text(shift: Shift, locale: Locale) -> str:
    """Returns the notice that the operator canceled a shift."""
    return _one_segment(Template.CANCELLED_NOTICE, shift, locale)


def reminder_text(shift: Shift, locale: Locale, *, droppable: bool) -> str:
    """Returns the notice that a shift starts soon; `droppable` adds how to give it back."""
    if droppable:
        return _one_segment(Template.REMINDER, shift, locale, code=shift.shift_id)
    return _one_segment(Template.REMINDER_FIXED, shift, locale)


def _one_segment(template: Template, shift: Shift, locale: Locale, **values: object) -> str:
    """Returns a sentence with the shift's description, cut to what fits in one segment."""

    def text(description: str) -> str:
        return with_gsm_twins(locale.say(template, shift=description, **values))

    description = with_gsm_twins(describe(shift, locale))
    fitting = longest_start(description, lambda start: measure(text(start)).segments <= 1)
    # A cut within the code would name another shift: then the text takes more segments.
    return sendable(text(description if len(fitting) < len(shift.shift_id) else fitting.strip()))
