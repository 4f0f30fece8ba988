"""What a list is limited to: days, and words that are a site or a role.

A day is a local day of each shift. "Tomorrow" is seen from the moment at which the employee texted, so that every page
of a list, and a page that is sent later, means the same days.
"""

from datetime import date, datetime, timedelta

from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.language.tokenizer import tokenize
from shift_sms_runtime.language.topics.shift_filters import workplace
from shift_sms_runtime.records import record
from shift_sms_runtime.shifts.shift import Shift

_WEEKDAYS = (
    DaysWanted.MONDAY,
    DaysWanted.TUESDAY,
    DaysWanted.WEDNESDAY,
    DaysWanted.THURSDAY,
    DaysWanted.FRIDAY,
    DaysWanted.SATURDAY,
    DaysWanted.SUNDAY,
)

_SATURDAY, _SUNDAY = 5, 6

_ENDINGS = frozenset({"S", "ES", "N", "EN", "IN"})
"""Folded endings that a word may have beside the site or role that it means.

Examples are "nurses" and "Kellnerin".
"""

_SHORTEST_STEM = 3

_LONGEST_PREPOSITION = 2


def wanted_dates(days: DaysWanted, today: date) -> tuple[date, date]:
    """Returns the first and the last day that are meant.

    A weekday is the next one, today included. On a Sunday, the weekend is that day.
    """
    if days is DaysWanted.TODAY:
        return today, today
    if days is DaysWanted.TOMORROW:
        return today + timedelta(days=1), today + timedelta(days=1)
    if days is DaysWanted.WEEKEND:
        sunday = _next(_SUNDAY, today)
        return max(today, sunday - timedelta(days=1)), sunday
    day = _next(_WEEKDAYS.index(days), today)
    return day, day


@record
class ListFilter:
    """What a list is limited to, and when the employee asked for it."""

    wanted: ShiftFilter
    asked_at: datetime

    def matches(self, shift: Shift) -> bool:
        """Returns whether a shift is one of those that the employee asked for."""
        return self._starts_on_wanted_day(shift) and self._has_wanted_words(shift)

    def _starts_on_wanted_day(self, shift: Shift) -> bool:
        if self.wanted.days is None:
            return True
        if shift.starts_at is None:
            return False
        first, last = wanted_dates(self.wanted.days, self.asked_at.astimezone(shift.zone).date())
        return first <= shift.starts_at.astimezone(shift.zone).date() <= last

    def _has_wanted_words(self, shift: Shift) -> bool:
        """Returns whether each word is one of the site or the role.

        `shift_info` counts if the shift has neither.
        """
        if not self.wanted.words:
            return True
        named = _words(f"{shift.site} {shift.role}") or _words(shift.info)
        return all(any(_is_same(typed, name) for name in named) for typed in self._words)

    @property
    def _words(self) -> frozenset[str]:
        """The words to compare, without short ones like "in" if there are others."""
        words = frozenset().union(*map(_words, self.wanted.words))
        return (
            frozenset(word for word in words if len(word) > _LONGEST_PREPOSITION or word.isdigit()) or words
        )


def _next(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _words(text: str) -> frozenset[str]:
    """Returns the words of a text, folded. Places and roles that are listed have their English name."""
    return frozenset(workplace(word.folded) or word.folded for word in tokenize(text).words)


def _is_same(typed: str, name: str) -> bool:
    """Returns whether two words are the same, except for the ending of a plural or a gender."""
    shorter, longer = sorted((typed, name), key=len)
    if shorter == longer:
        return True
    ending = longer.removeprefix(shorter)
    return longer.startswith(shorter) and len(shorter) >= _SHORTEST_STEM and ending in _ENDINGS
