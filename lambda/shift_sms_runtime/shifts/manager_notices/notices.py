"""The notices to managers: which are due, whether they are still true, and their texts."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta

from shift_sms_runtime.employees.managers import ManagerNotice
from shift_sms_runtime.language.locale import Locale, Template
from shift_sms_runtime.messaging.encoding import GSM_BASIC, with_gsm_substitutes
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus
from shift_sms_runtime.shifts.manager_notices.event import TOLD_FOR, ManagerEvent
from shift_sms_runtime.shifts.manager_notices.filled import is_filled
from shift_sms_runtime.shifts.notices import AGAIN, one_segment
from shift_sms_runtime.shifts.shift import Shift, ShiftStatus

QUEUED_FOR = timedelta(hours=3)
"""How long its notice is queued after an event, or after the quiet hours of the manager in which it fell."""

_LONGEST_QUIET = timedelta(hours=25)
"""The longest quiet hours: a day in which clocks go back. Some quiet hours may begin while a notice is queued."""

_LASTS_WITHOUT_END = timedelta(hours=12)
"""How long after its start a shift without an end is news."""

_LONGEST_NAME = 30
"""The most characters of a name in a notice."""

_TEMPLATES = {
    ManagerNotice.FILLED: Template.MANAGER_FILLED,
    ManagerNotice.UNFILLED: Template.MANAGER_UNFILLED,
    ManagerNotice.DROPPED: Template.MANAGER_DROPPED,
    ManagerNotice.SICK: Template.MANAGER_SICK,
    ManagerNotice.EXHAUSTED: Template.MANAGER_EXHAUSTED,
}

_CALLS_FOR_REPLACEMENT = frozenset({ManagerNotice.SICK, ManagerNotice.UNFILLED, ManagerNotice.EXHAUSTED})
"""The notices of a shift with an urgent fill plan that the setting lets through in quiet hours."""


@record
class ManagerNews:
    """What managers are told: an event of a shift, or that texts arrived in the operator inbox."""

    kind: ManagerNotice
    at: datetime
    shift_id: str | None = None
    site: str | None = None
    """None without a shift."""
    employee: str = ""
    """The phone number of the employee who caused it, who is not told; empty if no employee did."""
    again: bool = False
    """Whether it replaces a notice that was withdrawn, and is true again or due after quiet hours."""

    @property
    def notice_id(self) -> str:
        """Identifies the notice among those to one manager, so that it is sent once."""
        subject = "" if self.shift_id is None else f"#{self.shift_id}"
        first = f"{self.kind}{subject}#{self.at.isoformat()}"
        return f"{first}{AGAIN}" if self.again else first

    def key(self, number: str) -> ReplyKey:
        """Returns the key of the ledger row of the notice to a manager."""
        return ReplyKey(number, self.notice_id, ReplyKind.MANAGER_NOTICE)

    @property
    def deadline(self) -> datetime:
        """After this time the notice must not arrive."""
        return self.at + TOLD_FOR


def news_of(shift: Shift, now: datetime, *, quiet_hours: bool) -> Iterator[ManagerNews]:
    """Yields the events of a shift whose notices are to be queued, or were queued in the last hours.

    Some of them may wait for quiet hours to end, if there are `quiet_hours`.
    """
    queued_for = QUEUED_FOR + _LONGEST_QUIET + QUEUED_FOR if quiet_hours else QUEUED_FOR
    for event in shift.manager_events:
        if event.kind in _TEMPLATES and now < event.at + queued_for and is_true(shift, event, now):
            yield news_of_event(shift, event)


def news_of_event(shift: Shift, event: ManagerEvent) -> ManagerNews:
    """Returns what managers are told of an event of a shift."""
    return ManagerNews(event.kind, event.at, shift.shift_id, shift.site, event.employee)


def is_true(shift: Shift, event: ManagerEvent, now: datetime) -> bool:
    """Returns whether the shift still is as the notice of an event says.

    A shift that has started may be short of employees until it ends. No notice of a canceled shift is true.
    """
    if _is_over(shift, now) or shift.status == ShiftStatus.CANCELED:
        return False
    match event.kind:
        case ManagerNotice.FILLED:
            return is_filled(shift)
        case ManagerNotice.EXHAUSTED:
            ended = shift.fill is not None and shift.fill.status is FillStatus.EXHAUSTED
            return ended and shift.unfilled_seats > 0
        case ManagerNotice.UNFILLED:
            return shift.is_unfilled
        case ManagerNotice.SICK:
            return event.employee in shift.sick_calls
        case _:
            return event.employee not in shift.holders


def _is_over(shift: Shift, now: datetime) -> bool:
    if shift.span is None:
        return False
    return now >= (shift.ends_at or shift.span.start + _LASTS_WITHOUT_END)


def waits_in_quiet_hours(shift: Shift, kind: ManagerNotice, *, urgent_overrides: bool) -> bool:
    """Returns whether a notice waits until the quiet hours of its manager end.

    If `urgent_overrides`, the notices that call for a replacement do not, while the fill plan of the shift is urgent.
    """
    overrides = shift.fill is not None and shift.fill.texts_in_quiet_hours(urgent_overrides=urgent_overrides)
    return not overrides or kind not in _CALLS_FOR_REPLACEMENT


def shift_text(shift: Shift, kind: ManagerNotice, name: str, locale: Locale) -> str:
    """Returns the text of a notice about a shift. `name` is that of the employee who caused it."""
    return one_segment(_TEMPLATES[kind], shift, locale, name=name, seats=shift.unfilled_seats)


def short_name(name: str, number: str) -> str:
    """Returns a name as it fits into one GSM-7 segment; the phone number if it cannot be written in GSM-7."""
    composed = unicodedata.normalize("NFC", with_gsm_substitutes(name))
    # A letter without its accent is still readable: "Dvorak" for "Dvořák".
    plain = [one if one in GSM_BASIC else unicodedata.normalize("NFD", one)[0] for one in composed]
    written = " ".join("".join(plain).split())
    return written[:_LONGEST_NAME].rstrip() if written and GSM_BASIC.issuperset(written) else number
