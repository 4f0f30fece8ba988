"""When a text may mean something else although somebody has listed its every word.

"A1 for A2" is a swap, "A1 -> A2" too, "just one please A1 A2" leaves the choice to us, "A1 from 10 to 2" is half a
shift, "see you at A1" is said by somebody who has it. In all of these nothing is booked; and what comes after "drop A1"
may be a reason, or take it back: "drop A1 to Sarah", "drop A1, too late?".

Which words do so in a language, is in its ``[grammar]``.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest

from shift_sms_runtime.language.annotator import Code, Part, Unknown, Words
from shift_sms_runtime.language.lexicon import Grammar, GrammarWords, WordClass, letters

_BREAK = re.compile(r"[,.;!&+|/\n]")
"""Keeps two codes apart."""
_TURN = re.compile(r"[<>=~\u2190-\u21ff\u2794-\u27be\u2b05-\u2b0d]")
"""Between two codes: this one for that one."""
_TAKEN_AWAY = re.compile(r"(?<![^\s,;])[-~]$")
"""Before one of several codes: "-A1 +A2". With space behind it, it begins a line of a list."""
_MOST_SMALL_WORDS = 3
"""Between thanks and what they are for."""
_SHARE = re.compile(r"%|(?<![\d/.])(?:1/[234]|2/3|3/4)(?![\d/.])|\u2044")
"""How much of a shift."""
_TOWARDS = (Grammar.TO, Grammar.FOR)
_A_SENTENCE_ENDS = re.compile(r"[.!?]\s")


def doubtful(parts: Sequence[Part], plain: str, grammar: GrammarWords) -> bool:
    """Whether the codes of a text may not be wanted, or not all, or not the whole of one."""
    return (
        _says_what_for(parts, plain)
        or _turns(parts, plain)
        or _leaves_the_choice(parts)
        or _wants_a_part(parts, plain, grammar)
        or _says_where(parts)
    )


def doubtful_drop(before: Sequence[Part], after: Sequence[Part], plain: str, grammar: GrammarWords) -> bool:
    """Whether DROP and its codes, with these parts ``before`` and ``after`` the codes, may mean something else."""
    rest = plain[after[0].start :] if after else ""
    return (
        any(isinstance(part, Words) and part.acts_as(Grammar.ME) for part in before)
        or (questions([*before, *after], plain) and not any(map(_wishes, before)))
        or (bool(rest) and "?" in plain[_end(before) :])
        or _names_a_part(rest, grammar)
        or any(map(_takes_back, after))
        or _gives_to(after, plain)
    )


def one_sentence(parts: Sequence[Part], plain: str) -> bool:
    """Whether no sentence ends between two codes, and nothing is to be done "then"."""
    between = [part for part in parts if isinstance(part, Words)]
    ends = _A_SENTENCE_ENDS.search(plain, parts[0].start, parts[-1].end)
    return ends is None and all(part.joins and not part.begins(Grammar.THEN) for part in between)


def questions(parts: Sequence[Part], plain: str) -> bool:
    """Whether a question mark stands behind anything but a greeting."""
    for match in re.finditer(r"\?", plain):
        before = [part for part in parts if part.end <= match.start()]
        if not before or not isinstance(before[-1], Words) or not before[-1].is_(WordClass.GREETING):
            return True
    return False


def _wishes(part: Part) -> bool:
    return isinstance(part, Words) and part.is_(WordClass.POLITE)


def _end(parts: Sequence[Part]) -> int:
    return parts[-1].end if parts else 0


def _says_what_for(parts: Sequence[Part], plain: str) -> bool:
    """Whether small words may turn around what is meant: "XYZ123 for XYZ124", "thanks for A1", "see you at A1"."""
    anchor: Code | Words | None = None
    between: list[Words] = []
    for part in parts:
        if isinstance(part, Code) and anchor is not None:
            leaves = isinstance(anchor, Words) and anchor.is_(WordClass.FAREWELL)
            apart = _BREAK.search(plain, anchor.end, part.start) or any(word.joins for word in between)
            few = isinstance(anchor, Code) or len(between) <= _MOST_SMALL_WORDS
            if (between or leaves) and few and not apart:
                return True
        if isinstance(part, Code) or (isinstance(part, Words) and _only_says_goodbye(part)):
            anchor, between = part, []
        elif isinstance(part, Words):
            between.append(part)
    return False


def _only_says_goodbye(word: Words) -> bool:
    return word.is_(WordClass.THANKS, WordClass.FAREWELL) and not word.is_(WordClass.POLITE, WordClass.SMALL)


def _turns(parts: Sequence[Part], plain: str) -> bool:
    """Whether a sign between the codes says that they are not wanted alike."""
    codes = [part for part in parts if isinstance(part, Code)]
    if len(codes) == 1:
        return False
    return _TURN.search(plain, codes[0].end, codes[-1].start) is not None or any(
        _TAKEN_AWAY.search(plain[: code.start]) for code in codes
    )


def _leaves_the_choice(parts: Sequence[Part]) -> bool:
    """Whether one of several codes is wanted."""
    several = len({part.shift_id for part in parts if isinstance(part, Code)}) > 1
    return several and any(isinstance(part, Words) and part.acts_as(Grammar.ONE) for part in parts)


def _wants_a_part(parts: Sequence[Part], plain: str, grammar: GrammarWords) -> bool:
    """Whether hours are named, or a share; or "only" stands before or behind a time."""
    if _names_a_part(_without_codes(parts, plain), grammar):
        return True
    only = time = False
    for part in parts:
        if isinstance(part, Code):
            only = time = False
        elif isinstance(part, Words) and part.acts_as(Grammar.ONLY):
            only = True
        else:
            time = part.is_number if isinstance(part, Unknown) else part.is_(WordClass.WHEN)
        if only and time:
            return True
    return False


def _names_a_part(text: str, grammar: GrammarWords) -> bool:
    """Whether it says from when to when, or how much of it. "22:00-06:00" is copied from what we tell of a shift."""

    def any_of(*roles: Grammar) -> str:
        words = sorted(word for role in roles for word in grammar[role])
        return f"(?:{'|'.join(map(re.escape, words)) or '(?!)'})"

    hour = rf"\d{{1,2}}(?:[:.H]\d\d)?\s?{any_of(Grammar.HOUR)}?"
    next_to = rf"\s*(?:{any_of(Grammar.BEFORE_HOUR)}\s)?"
    between = rf"\b{hour}\s*{any_of(Grammar.UNTIL, Grammar.BETWEEN_HOURS)}{next_to}{hour}\b"
    before = rf"\b{any_of(Grammar.UNTIL, Grammar.FROM)}{next_to}\d"
    return _SHARE.search(text) is not None or re.search(f"{between}|{before}", letters(text)) is not None


def _without_codes(parts: Sequence[Part], plain: str) -> str:
    for part in parts:
        if isinstance(part, Code):
            plain = plain[: part.start] + "#" * (part.end - part.start) + plain[part.end :]
    return plain


def _says_where(parts: Sequence[Part]) -> bool:
    first = parts[0]
    return isinstance(first, Words) and first.acts_as(Grammar.WHEREABOUTS)


def _takes_back(part: Part) -> bool:
    """Whether this part of what follows a DROP makes it another wish than that."""
    if isinstance(part, Unknown):
        return not part.is_certain_day
    if isinstance(part, Code):
        return False
    asks = part.is_(WordClass.ASKING, WordClass.HELP) and not part.begins(Grammar.STATING)
    return asks or part.acts_as(Grammar.ONLY) or part.is_(WordClass.MINE)


def _gives_to(after: Sequence[Part], plain: str) -> bool:
    """Whether what follows a DROP says who shall have it: "to sarah", "for Sarah", "a mí"."""
    for i, (word, to) in enumerate(zip_longest(after, after[1:])):
        if not isinstance(word, Words) or not word.begins(*_TOWARDS):
            continue
        if word.ends(Grammar.ME, Grammar.ME_BEHIND):
            return True
        if isinstance(to, Words) and word.acts_as(*_TOWARDS):
            capital = plain[to.start : to.end].istitle()
            named = not to.kinds and (capital or (i == 0 and word.acts_as(Grammar.TO)))
            if to.acts_as(Grammar.ME) or named:
                return True
    return False
