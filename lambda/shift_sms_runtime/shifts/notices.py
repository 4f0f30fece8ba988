"""Notices about a shift: which cancellations and offers are due, and their texts. `reminders.py` has the reminders."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import longest_prefix, make_sendable, measure, with_gsm_substitutes
from shift_sms_runtime.shifts.descriptions import describe
from shift_sms_runtime.shifts.shift import Shift
from shift_sms_runtime.shifts.waiting_list import Offer

_CANCELLATION_NOTICE_PERIOD = timedelta(days=14)
"""How long a cancellation notice stays due. Must be shorter than the ledger keeps the notices that were sent."""


@dataclass(frozen=True)
class Notice:
    """One text about a shift to one employee."""

    phone_number: str
    notice_id: str
    """Identifies the notice among those to this number, so that it is sent once."""
    text: Callable[[Locale], str]
    """Words the notice."""
    offered_shift_id: str | None = None
    """The shift, if the notice offers a seat."""


def due_notices(shift: Shift, now: datetime) -> Iterator[Notice]:
    """Yields the cancellations and offers that are due, including cancellations that were sent before."""
    yield from _cancellations(shift, now)
    yield from _offers(shift)


def _cancellations(shift: Shift, now: datetime) -> Iterator[Notice]:
    for number, since in shift.canceled_for.items():
        # An employee who has booked the shift again must not get an earlier cancellation.
        if number not in shift.holders and now - since <= _CANCELLATION_NOTICE_PERIOD:
            notice_id = f"cancellation#{shift.shift_id}#{since.isoformat()}"
            yield Notice(number, notice_id, partial(cancellation_text, shift))


def _offers(shift: Shift) -> Iterator[Notice]:
    for number, offer in shift.offers.items():
        if not offer.notified:
            notice_id = f"offer#{shift.shift_id}#{offer.since.isoformat()}"
            yield Notice(
                number, notice_id, partial(offer_text, shift, offer), offered_shift_id=shift.shift_id
            )


def offer_text(shift: Shift, offer: Offer, locale: Locale) -> str:
    """Returns the notice that offers a seat to an employee of the waiting list."""
    time = f"{offer.until.astimezone(shift.zone):%H:%M}"
    return one_segment(Template.OFFER, shift, locale, time=time)


def cancellation_text(shift: Shift, locale: Locale) -> str:
    """Returns the notice that the operator canceled a shift."""
    return one_segment(Template.CANCELED_NOTICE, shift, locale)


def one_segment(template: Template, shift: Shift, locale: Locale, **values: object) -> str:
    """Returns a sentence with the shift's description, which is cut so that the text fits one segment."""

    def text(description: str) -> str:
        return with_gsm_substitutes(locale.say(template, shift=description, **values))

    description = with_gsm_substitutes(describe(shift, locale))
    fitting = longest_prefix(description, lambda start: measure(text(start)).segments <= 1)
    # A cut code could be the code of another shift. Such a description stays whole and takes more segments.
    return make_sendable(text(description if len(fitting) < len(shift.shift_id) else fitting.strip()))
