"""Rules about texts that give a shift back: which words prevent it, and which only say why."""

from collections.abc import Sequence
from itertools import zip_longest

from shift_sms_runtime.language.annotator import Code, Part, Phrase
from shift_sms_runtime.language.lexicon import GrammarRole, WordClass
from shift_sms_runtime.language.tokenizer import has_clause_end

_NEGATIONS = (WordClass.NEGATING, WordClass.NO, WordClass.CANNOT)
_REASONS = (WordClass.SICK, WordClass.POLITE, WordClass.THANKS, WordClass.FILLER, WordClass.TIME)
_NO_LONGER_WANTED = (WordClass.CANNOT, WordClass.SICK, WordClass.DROP, WordClass.NO)


def may_give_back(parts: Sequence[Part]) -> bool:
    """Whether any words say that the sender cannot or does not want to work: "can't do A1", "not A1"."""
    return any(
        isinstance(part, Phrase)
        and (
            part.is_any(*_NO_LONGER_WANTED)
            or (part.is_any(WordClass.NEGATING) and part.contains(GrammarRole.NOT))
        )
        for part in parts
    )


def tells_of_absence(parts: Sequence[Part], text: str) -> bool:
    """Whether a text without a code says that the sender cannot come: "I'm sick", "won't be in today".

    "Can't" alone says nothing about work: "I can't find the key".
    """
    return "?" not in text and any(
        isinstance(part, Phrase)
        and (
            (part.is_any(WordClass.SICK) and not _is_future(part, after))
            or (
                part.is_any(WordClass.CANNOT)
                and part.contains(GrammarRole.NOT)
                and not part.has_role(GrammarRole.NOT)
            )
        )
        for part, after in zip_longest(parts, parts[1:])
    )


def tells_of_sickness(parts: Sequence[Part]) -> bool:
    """Whether a word says that the sender, or another person, is sick."""
    return any(
        isinstance(part, Phrase) and part.is_any(WordClass.SICK) and not _is_future(part, after)
        for part, after in zip_longest(parts, parts[1:])
    )


def _is_future(part: Phrase, after: Part | None) -> bool:
    """Whether "ill" stands for "I'll": a word that is neither a time nor a sickness follows."""
    return part.has_role(GrammarRole.SENDER) and not (
        after is None
        or (isinstance(after, Phrase) and after.is_any(WordClass.TIME, WordClass.SICK, WordClass.NEGATING))
    )


def concerns_all_codes(parts: Sequence[Part], text: str) -> bool:
    """Whether a sickness concerns all codes: "sick, can't do A1 and A2".

    Words between codes, or about the last one, may say something else of it: "not for A2", "can't do A1, A2 is fine".
    """
    at = [i for i, part in enumerate(parts) if isinstance(part, Code)]
    if len({part.shift_id for part in parts if isinstance(part, Code)}) < 2:
        return True
    between = [part for part in parts[at[0] : at[-1]] if not isinstance(part, Code)]
    if not all(isinstance(part, Phrase) and part.joins for part in between):
        return False
    is_joined, following = at[-1] - 1 not in at, parts[at[-1] + 1 :]
    return is_joined or not following or _says_why(following[0], text[parts[at[-1]].end : following[0].start])


def _says_why(part: Part, before: str) -> bool:
    return not isinstance(part, Phrase) or part.is_any(*_NEGATIONS, *_REASONS) or has_clause_end(before)


def prevents_drop(parts: Sequence[Part], text: str) -> bool:
    """Whether a word prevents a DROP: "don't drop A1".

    A sickness does not, nor does "can't" if it is a reason: "can't come, drop A1", but not "I can't drop A1".
    """
    return any(
        isinstance(part, Phrase)
        and part.is_any(*_NEGATIONS)
        and not part.is_any(WordClass.POLITE, WordClass.SICK)
        and not (part.is_any(WordClass.CANNOT) and _is_reason(position, parts, text))
        for position, part in enumerate(parts)
    )


def leaves_waiting_list(parts: Sequence[Part]) -> bool:
    """Whether the text takes the sender off a waiting list: DROP comes before WAIT, and no code between them."""
    drop, wait = (_first(parts, word_class) for word_class in (WordClass.DROP, WordClass.WAIT))
    return drop < wait and not any(isinstance(part, Code) for part in parts[drop:wait])


def _is_reason(position: int, parts: Sequence[Part], text: str) -> bool:
    """Whether "can't" stands apart from the DROP, so that it is not what the sender cannot do."""
    drop = _first(parts, WordClass.DROP)
    between = parts[min(position, drop) + 1 : max(position, drop)]
    return any(
        isinstance(part, Code) or (isinstance(part, Phrase) and part.joins) for part in between
    ) or bool(position < drop < len(parts) and has_clause_end(text[parts[position].end : parts[drop].start]))


def _first(parts: Sequence[Part], word_class: WordClass) -> int:
    """Returns the position of the first phrase of a class, or the number of parts."""
    return next(
        (i for i, part in enumerate(parts) if isinstance(part, Phrase) and part.is_any(word_class)),
        len(parts),
    )
