"""Understands which open shifts a text asks for: their day, their site or their role.

Words for common places and roles are in `locales/workplaces.toml`, so that "turnos de barra" finds the shifts of a role
"Bar". The file is read for the first text that asks for a place or a role.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from shift_sms_runtime.language.intents import DaysWanted, ShiftFilter
from shift_sms_runtime.language.lexicon import Lexicon, Topic, fold
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.language.topics.phrases import clauses

_DAYS = {Topic(days.value): days for days in DaysWanted}
DAY_TOPICS = frozenset(_DAYS)
"""The topics that are days."""

_ENDINGS = ("S", "ES", "N", "EN", "IN", "INNEN")
"""What a word may have more than the listed one, folded: "nurses", "Kellnerinnen"."""

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


def workplace(folded: str) -> str | None:
    """Returns the folded English name of a place or a role; None for any other word."""
    names = _names()
    stems = (folded.removesuffix(ending) for ending in _ENDINGS if folded.endswith(ending))
    return names.get(folded) or next((names[stem] for stem in stems if stem in names), None)


@cache
def _names() -> Mapping[str, str]:
    """The English name of each listed word, all folded."""
    import tomllib  # noqa: PLC0415 - few texts name a place

    text = (files("shift_sms_runtime.locales") / "workplaces.toml").read_text(encoding="utf-8")
    return {fold(word): fold(name) for name, words in tomllib.loads(text).items() for word in words}
