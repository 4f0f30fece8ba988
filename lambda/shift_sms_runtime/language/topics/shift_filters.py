"""Understands which open shifts a text asks for: their day, their site or their role."""

from collections.abc import Iterable

from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.language.lexicon import Lexicon, Topic
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import clauses

_DAYS = {Topic(days.value): days for days in DaysWanted}
DAY_TOPICS = frozenset(_DAYS)
"""The topics that are days."""

_WEEKEND = {DaysWanted.SATURDAY, DaysWanted.SUNDAY, DaysWanted.WEEKEND}


def filter_of(tokens: Tokens, lexicon: Lexicon, words: Iterable[str] = ()) -> ShiftFilter | None:
    """Returns the filter that a text asks for; None without one.

    Args:
        tokens: The text.
        lexicon: The words of one language.
        words: The words of the text that may be a site or a role.
    """
    # "In the morning" is Spanish "por la mañana", not tomorrow.
    found = clauses(tokens, lexicon, (*_DAYS, Topic.BESIDE_REQUEST))
    named = {_DAYS[topic] for clause in found for phrase in clause for topic in phrase.topics & DAY_TOPICS}
    if len(named) > 1:
        named -= {DaysWanted.TODAY, DaysWanted.TOMORROW}  # "tomorrow, Friday", German "Freitag Morgen"
    days: DaysWanted | None = None
    if len(named) == 1:
        (days,) = named
    elif named and named <= _WEEKEND:
        days = DaysWanted.WEEKEND
    shift_filter = ShiftFilter(days, tuple(dict.fromkeys(word.lower() for word in words)))
    return None if shift_filter == ShiftFilter() else shift_filter
