"""Detects texts that may mean something else, although all their words are listed.

"A1 for A2" and "A1 -> A2" are swaps. "Just one please A1 A2" leaves the choice to the operator. "A1 from 10 to 2" is a
part of a shift. "See you at A1" comes from an employee who has it. None of these books a shift. The words after "drop
A1" may be a reason, or may change its meaning: "drop A1 to Sarah", "drop A1, too late?".

The words that change the meaning are under `[grammar]` in the locale files.
"""

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from shift_sms_runtime.language.annotator import Code, Part, Phrase, UnknownCode
from shift_sms_runtime.language.lexicon import GrammarRole, GrammarWords, WordClass, without_accents

_SEPARATOR = re.compile(r"[,.;!&+|/\n]")
"""Between two codes, means that the sender wants the same of both."""
_EXCHANGE = re.compile(r"[<>=~\u2190-\u21ff\u2794-\u27be\u2b05-\u2b0d]")
"""Between two codes, means a swap."""
_MINUS = re.compile(r"(?<![^\s,;])[-~]$")
"""Attached to a code, means that it is not wanted: "-A1 +A2". A minus before a space is a bullet of a list."""
_MOST_WORDS_AFTER_THANKS = 3
"""How many words may stand between thanks or a farewell and the code that it is about."""
_FRACTION = re.compile(r"%|(?<![\d/.])(?:1/[234]|2/3|3/4)(?![\d/.])|\u2044")
_BEFORE_RECIPIENT = (GrammarRole.TO, GrammarRole.FOR)
_SENTENCE_ENDS = re.compile(r"[.!?]\s")


def is_ambiguous(parts: Sequence[Part], text: str, grammar: GrammarWords) -> bool:
    """Whether the sender may want none of the codes, not all of them, or only a part of a shift."""
    return (
        _relates_a_code(parts, text)
        or _has_exchange_symbol(parts, text)
        or _wants_one_of_several(parts)
        or _wants_part_of_a_shift(parts, text, grammar)
        or _begins_with_whereabouts(parts)
        or _hesitates(parts, text)
    )


def _hesitates(parts: Sequence[Part], text: str) -> bool:
    """Whether a text breaks off without asking for its codes: "and A1, well..."."""
    return (
        text.endswith("..")
        and isinstance(parts[-1], Phrase)
        and not any(
            isinstance(part, Phrase) and part.is_any(WordClass.POLITE, WordClass.YES) for part in parts
        )
    )


def is_ambiguous_drop(
    before: Sequence[Part], after: Sequence[Part], text: str, grammar: GrammarWords
) -> bool:
    """Whether DROP may mean something else, judging by the parts `before` and `after` its codes."""
    rest = text[after[0].start :] if after else ""
    return (
        any(isinstance(part, Phrase) and part.has_role(GrammarRole.ME) for part in before)
        or (has_question_mark([*before, *after], text) and not any(map(_is_polite, before)))
        or (bool(rest) and _asks_after(before, after, text))
        or _names_hours_or_fraction(rest, grammar)
        or any(map(_changes_a_drop, after))
        or _names_a_recipient(after, text)
        or _gives_back_thanks(before)
        or _gives_back_thanks(after)
    )


def _gives_back_thanks(parts: Sequence[Part]) -> bool:
    """Whether thanks are given back, not a shift: "give back my thanks"."""
    return any(
        isinstance(drop, Phrase)
        and drop.is_any(WordClass.DROP)
        and drop.ends_with(GrammarRole.MY)
        and isinstance(given, Phrase)
        and given.is_any(WordClass.THANKS)
        for drop, given in pairwise(parts)
    )


def names_a_list(parts: Sequence[Part]) -> bool:
    """Whether the text is about a list of shifts: "A1 list", "the list A1". "Request A1" asks for the shift."""
    return any(
        isinstance(part, Phrase)
        and part.is_any(WordClass.LIST)
        and (isinstance(before, Code) or (isinstance(before, Phrase) and before.is_any(WordClass.FILLER)))
        for before, part in pairwise(parts)
    )


def is_one_sentence(parts: Sequence[Part], text: str) -> bool:
    """Whether all codes are in one sentence, without "then" between them."""
    between = [part for part in parts if isinstance(part, Phrase)]
    ends = _SENTENCE_ENDS.search(text, parts[0].start, parts[-1].end)
    return ends is None and all(part.joins and not part.starts_with(GrammarRole.THEN) for part in between)


def has_question_mark(parts: Sequence[Part], text: str) -> bool:
    """Whether a question mark follows anything but a greeting: not "how are you?"."""
    for match in re.finditer(r"\?", text):
        before = [part for part in parts if part.end <= match.start()]
        if not before or not isinstance(before[-1], Phrase) or not before[-1].is_any(WordClass.GREETING):
            return True
    return False


def _asks_after(before: Sequence[Part], after: Sequence[Part], text: str) -> bool:
    """Whether a question mark follows the codes of a DROP, other than the first in "can I drop A1? I'm sick"."""
    first = text.find("?", _end(before))
    if first == -1:
        return False
    ends_request = first < after[0].start or not text[after[0].end : first].strip()
    return not (ends_request and any(map(_is_polite, before))) or "?" in text[first + 1 :]


def _is_polite(part: Part) -> bool:
    return isinstance(part, Phrase) and part.is_any(WordClass.POLITE)


def _end(parts: Sequence[Part]) -> int:
    return parts[-1].end if parts else 0


def _relates_a_code(parts: Sequence[Part], text: str) -> bool:
    """Whether words before a code relate it to another code, thanks or a farewell.

    Examples: "XYZ123 for XYZ124", "thanks for A1", "see you at A1".
    """
    anchor: Code | Phrase | None = None
    between: list[Phrase] = []
    for part in parts:
        if isinstance(part, Code) and anchor is not None:
            says_farewell = isinstance(anchor, Phrase) and anchor.is_any(WordClass.FAREWELL)
            separated = _SEPARATOR.search(text, anchor.end, part.start) or any(word.joins for word in between)
            few = isinstance(anchor, Code) or len(between) <= _MOST_WORDS_AFTER_THANKS
            if (between or says_farewell) and few and not separated:
                return True
        if isinstance(part, Code) or (isinstance(part, Phrase) and _is_thanks_or_farewell(part)):
            anchor, between = part, []
        elif isinstance(part, Phrase):
            between.append(part)
    return False


def _is_thanks_or_farewell(phrase: Phrase) -> bool:
    return phrase.is_any(WordClass.THANKS, WordClass.FAREWELL) and not phrase.is_any(
        WordClass.POLITE, WordClass.FILLER
    )


def _has_exchange_symbol(parts: Sequence[Part], text: str) -> bool:
    """Whether a symbol between or before several codes means that the sender does not want all of them."""
    codes = [part for part in parts if isinstance(part, Code)]
    if len(codes) == 1:
        return False
    return _EXCHANGE.search(text, codes[0].end, codes[-1].start) is not None or any(
        _MINUS.search(text[: code.start]) for code in codes
    )


def _wants_one_of_several(parts: Sequence[Part]) -> bool:
    """Whether the sender wants any one of several codes."""
    several = len({part.shift_id for part in parts if isinstance(part, Code)}) > 1
    return several and any(
        isinstance(part, Phrase) and part.has_role(GrammarRole.ONE) and not _ends_code(part, parts[:i])
        for i, part in enumerate(parts)
    )


def _ends_code(one: Phrase, before: Sequence[Part]) -> bool:
    """Whether "one" belongs to the code before it: "A1 and the A2 one"."""
    match before:
        case [*_, Phrase() as article, Code() as code]:
            return article.ends_with(GrammarRole.ARTICLE) and code.end + 1 == one.start
        case _:
            return False


def _wants_part_of_a_shift(parts: Sequence[Part], text: str, grammar: GrammarWords) -> bool:
    """Whether the text names hours or a fraction, or has "only" beside a time."""
    if _names_hours_or_fraction(_mask_codes(parts, text), grammar):
        return True
    only = time = False
    for part in parts:
        if isinstance(part, Code):
            only = time = False
        elif isinstance(part, Phrase) and part.has_role(GrammarRole.ONLY):
            only = True
        else:
            time = part.is_date_or_time if isinstance(part, UnknownCode) else part.is_any(WordClass.TIME)
        if only and time:
            return True
    return False


def _names_hours_or_fraction(text: str, grammar: GrammarWords) -> bool:
    """Whether a text limits a shift to hours or a fraction: "from 10 to 2", "until 8", "1/2".

    "22:00-06:00" does not count, because employees copy it from the description of a shift.
    """

    matches_nothing = "(?!)"

    def any_of(*roles: GrammarRole) -> str:
        words = sorted(word for role in roles for word in grammar[role])
        return f"(?:{'|'.join(map(re.escape, words)) or matches_nothing})"

    hour = rf"\d{{1,2}}(?:[:.H]\d\d)?\s?{any_of(GrammarRole.HOUR)}?"
    space = rf"\s*(?:{any_of(GrammarRole.BEFORE_HOUR)}\s)?"
    two_hours = rf"\b{hour}\s*{any_of(GrammarRole.UNTIL, GrammarRole.BETWEEN_HOURS)}{space}{hour}\b"
    one_hour = rf"\b{any_of(GrammarRole.UNTIL, GrammarRole.FROM)}{space}\d"
    return (
        _FRACTION.search(text) is not None
        or re.search(f"{two_hours}|{one_hour}", without_accents(text)) is not None
    )


def _mask_codes(parts: Sequence[Part], text: str) -> str:
    """Returns the text with a # for every character of a code, so that positions stay the same."""
    for part in parts:
        if isinstance(part, Code):
            text = text[: part.start] + "#" * (part.end - part.start) + text[part.end :]
    return text


def _begins_with_whereabouts(parts: Sequence[Part]) -> bool:
    first = parts[0]
    return isinstance(first, Phrase) and first.has_role(GrammarRole.WHEREABOUTS)


def _changes_a_drop(part: Part) -> bool:
    """Whether a part after the codes of a DROP makes the text mean something else."""
    if isinstance(part, UnknownCode):
        return not part.is_certain_day
    if isinstance(part, Code):
        return False
    asks = part.is_any(WordClass.ASKING, WordClass.HOW_TO) and not part.starts_with(GrammarRole.STATING)
    return asks or part.has_role(GrammarRole.ONLY) or part.is_any(WordClass.MINE)


def _names_a_recipient(after: Sequence[Part], text: str) -> bool:
    """Whether the text after a DROP says who is to get the shift: "to sarah", "for Sarah", Spanish "a mí"."""
    for i, (phrase, recipient) in enumerate(zip_longest(after, after[1:])):
        if not isinstance(phrase, Phrase) or not phrase.starts_with(*_BEFORE_RECIPIENT):
            continue
        if phrase.ends_with(GrammarRole.ME, GrammarRole.ME_AFTER_PREPOSITION):
            return True
        if isinstance(recipient, Phrase) and phrase.has_role(*_BEFORE_RECIPIENT):
            capitalized = text[recipient.start : recipient.end].istitle()
            is_name = not recipient.classes and (capitalized or (i == 0 and phrase.has_role(GrammarRole.TO)))
            if recipient.has_role(GrammarRole.ME) or is_name:
                return True
    return False
