"""Tells texts that may mean something else although every word of theirs is listed.

"A1 for A2" and "A1 -> A2" are swaps. "Just one please A1 A2" leaves the choice to the operator, "A1 from 10 to 2" is a
part of a shift, and "see you at A1" comes from an employee who has it. None of these books a shift. After "drop A1" may
come a reason, or something that takes it back: "drop A1 to Sarah", "drop A1, too late?".

The words that do so are under `[grammar]` in the locale files.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest

from shift_sms_runtime.language.annotator import Code, Part, Phrase, UnknownCode
from shift_sms_runtime.language.lexicon import GrammarRole, GrammarWords, WordClass, without_accents

_SEPARATOR = re.compile(r"[,.;!&+|/\n]")
"""Separates two codes that are wanted alike."""
_EXCHANGE = re.compile(r"[<>=~\u2190-\u21ff\u2794-\u27be\u2b05-\u2b0d]")
"""Between two codes, exchanges one for the other."""
_MINUS = re.compile(r"(?<![^\s,;])[-~]$")
"""Before one of several codes: "-A1 +A2". With a space behind it, it begins a line of a list."""
_MOST_SMALL_WORDS = 3
"""How many words may stand between thanks and what they are for."""
_FRACTION = re.compile(r"%|(?<![\d/.])(?:1/[234]|2/3|3/4)(?![\d/.])|\u2044")
_RECIPIENT = (GrammarRole.TO, GrammarRole.FOR)
_SENTENCE_ENDS = re.compile(r"[.!?]\s")


def is_ambiguous(parts: Sequence[Part], plain: str, grammar: GrammarWords) -> bool:
    """Whether a text may want none of its codes, not all of them, or only a part of a shift."""
    return (
        _relates_codes(parts, plain)
        or _has_exchange_symbol(parts, plain)
        or _leaves_the_choice(parts)
        or _wants_a_part(parts, plain, grammar)
        or _begins_with_whereabouts(parts)
    )


def is_ambiguous_drop(
    before: Sequence[Part], after: Sequence[Part], plain: str, grammar: GrammarWords
) -> bool:
    """Whether DROP may mean something else, given the parts `before` and `after` its codes."""
    rest = plain[after[0].start :] if after else ""
    return (
        any(isinstance(part, Phrase) and part.has_role(GrammarRole.ME) for part in before)
        or (has_question_mark([*before, *after], plain) and not any(map(_is_polite, before)))
        or (bool(rest) and "?" in plain[_end(before) :])
        or _names_a_part(rest, grammar)
        or any(map(_takes_back, after))
        or _names_a_recipient(after, plain)
    )


def is_one_sentence(parts: Sequence[Part], plain: str) -> bool:
    """Whether no sentence ends between two codes, and no word says "then"."""
    between = [part for part in parts if isinstance(part, Phrase)]
    ends = _SENTENCE_ENDS.search(plain, parts[0].start, parts[-1].end)
    return ends is None and all(part.joins and not part.starts_with(GrammarRole.THEN) for part in between)


def has_question_mark(parts: Sequence[Part], plain: str) -> bool:
    """Whether a question mark follows anything but a greeting."""
    for match in re.finditer(r"\?", plain):
        before = [part for part in parts if part.end <= match.start()]
        if not before or not isinstance(before[-1], Phrase) or not before[-1].is_any(WordClass.GREETING):
            return True
    return False


def _is_polite(part: Part) -> bool:
    return isinstance(part, Phrase) and part.is_any(WordClass.POLITE)


def _end(parts: Sequence[Part]) -> int:
    return parts[-1].end if parts else 0


def _relates_codes(parts: Sequence[Part], plain: str) -> bool:
    """Whether small words may change what is meant: "XYZ123 for XYZ124", "thanks for A1", "see you at A1"."""
    anchor: Code | Phrase | None = None
    between: list[Phrase] = []
    for part in parts:
        if isinstance(part, Code) and anchor is not None:
            leaves = isinstance(anchor, Phrase) and anchor.is_any(WordClass.FAREWELL)
            separated = _SEPARATOR.search(plain, anchor.end, part.start) or any(
                word.joins for word in between
            )
            few = isinstance(anchor, Code) or len(between) <= _MOST_SMALL_WORDS
            if (between or leaves) and few and not separated:
                return True
        if isinstance(part, Code) or (isinstance(part, Phrase) and _only_thanks_or_leaves(part)):
            anchor, between = part, []
        elif isinstance(part, Phrase):
            between.append(part)
    return False


def _only_thanks_or_leaves(phrase: Phrase) -> bool:
    return phrase.is_any(WordClass.THANKS, WordClass.FAREWELL) and not phrase.is_any(
        WordClass.POLITE, WordClass.SMALL
    )


def _has_exchange_symbol(parts: Sequence[Part], plain: str) -> bool:
    """Whether a symbol says that not all codes are wanted alike."""
    codes = [part for part in parts if isinstance(part, Code)]
    if len(codes) == 1:
        return False
    return _EXCHANGE.search(plain, codes[0].end, codes[-1].start) is not None or any(
        _MINUS.search(plain[: code.start]) for code in codes
    )


def _leaves_the_choice(parts: Sequence[Part]) -> bool:
    """Whether only one of several codes is wanted."""
    several = len({part.shift_id for part in parts if isinstance(part, Code)}) > 1
    return several and any(isinstance(part, Phrase) and part.has_role(GrammarRole.ONE) for part in parts)


def _wants_a_part(parts: Sequence[Part], plain: str, grammar: GrammarWords) -> bool:
    """Whether the text names hours or a fraction, or has "only" beside a time."""
    if _names_a_part(_without_codes(parts, plain), grammar):
        return True
    only = time = False
    for part in parts:
        if isinstance(part, Code):
            only = time = False
        elif isinstance(part, Phrase) and part.has_role(GrammarRole.ONLY):
            only = True
        else:
            time = part.is_number if isinstance(part, UnknownCode) else part.is_any(WordClass.WHEN)
        if only and time:
            return True
    return False


def _names_a_part(text: str, grammar: GrammarWords) -> bool:
    """Whether a text says from when to when, or what fraction.

    "22:00-06:00" does not count, because employees copy it from the description of a shift.
    """

    def any_of(*roles: GrammarRole) -> str:
        words = sorted(word for role in roles for word in grammar[role])
        return f"(?:{'|'.join(map(re.escape, words)) or '(?!)'})"

    hour = rf"\d{{1,2}}(?:[:.H]\d\d)?\s?{any_of(GrammarRole.HOUR)}?"
    next_to = rf"\s*(?:{any_of(GrammarRole.BEFORE_HOUR)}\s)?"
    between = rf"\b{hour}\s*{any_of(GrammarRole.UNTIL, GrammarRole.BETWEEN_HOURS)}{next_to}{hour}\b"
    before = rf"\b{any_of(GrammarRole.UNTIL, GrammarRole.FROM)}{next_to}\d"
    return (
        _FRACTION.search(text) is not None
        or re.search(f"{between}|{before}", without_accents(text)) is not None
    )


def _without_codes(parts: Sequence[Part], plain: str) -> str:
    for part in parts:
        if isinstance(part, Code):
            plain = plain[: part.start] + "#" * (part.end - part.start) + plain[part.end :]
    return plain


def _begins_with_whereabouts(parts: Sequence[Part]) -> bool:
    first = parts[0]
    return isinstance(first, Phrase) and first.has_role(GrammarRole.WHEREABOUTS)


def _takes_back(part: Part) -> bool:
    """Whether this part after a DROP makes the text mean something else."""
    if isinstance(part, UnknownCode):
        return not part.is_certain_day
    if isinstance(part, Code):
        return False
    asks = part.is_any(WordClass.ASKING, WordClass.HELP) and not part.starts_with(GrammarRole.STATING)
    return asks or part.has_role(GrammarRole.ONLY) or part.is_any(WordClass.MINE)


def _names_a_recipient(after: Sequence[Part], plain: str) -> bool:
    """Whether the text after a DROP says who shall have the shift: "to sarah", "for Sarah", Spanish "a mí"."""
    for i, (phrase, recipient) in enumerate(zip_longest(after, after[1:])):
        if not isinstance(phrase, Phrase) or not phrase.starts_with(*_RECIPIENT):
            continue
        if phrase.ends_with(GrammarRole.ME, GrammarRole.ME_BEHIND):
            return True
        if isinstance(recipient, Phrase) and phrase.has_role(*_RECIPIENT):
            capital = plain[recipient.start : recipient.end].istitle()
            named = not recipient.classes and (capital or (i == 0 and phrase.has_role(GrammarRole.TO)))
            if recipient.has_role(GrammarRole.ME) or named:
                return True
    return False
