"""When a text may mean something else although somebody has listed its every word.

"A1 for A2" is a swap, "A1 -> A2" too, "just one please A1 A2" leaves the choice to us, "A1 from 10 to 2" is half a
shift, "see you at A1" is said by somebody who has it. In all of these nothing is booked; and what comes after "drop A1"
may be a reason, or take it back: "drop A1 to Sarah", "drop A1, too late?".

The few words here are those of every language at once. All others are in the catalogues.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest

from shift_sms_runtime.domain.lexicon import WordClass
from shift_sms_runtime.domain.reading import Code, Part, Unknown, Words

_BREAK = re.compile(r"[,.;!&+|/\n]")
"""Keeps two codes apart."""
_TURN = re.compile(r"[<>=~\u2190-\u21ff\u2794-\u27be\u2b05-\u2b0d]")
"""Between two codes: this one for that one."""
_TAKEN_AWAY = re.compile(r"(?<![^\s,;])[-~]$")
"""Before one of several codes: "-A1 +A2". With space behind it, it begins a line of a list."""
_MOST_SMALL_WORDS = 3
"""Between thanks and what they are for."""
_ONE = frozenset(["ONE", "UNO", "UNA", "UN", "UNE", "EINE", "EINEN", "EINER", "EINS", "NE"])
_ONLY = frozenset(["ONLY", "JUST", "SOLO", "SOLAMENTE", "SEULEMENT", "UNIQUEMENT", "JUSTE", "NUR", "BLOSS"])
_WHEREABOUTS = frozenset(["ON", "AT", "TO", "EN", "SUR", "CHEZ", "BEI", "BEIM", "AUF"])
"""Whoever begins with it says where they are."""
_STATING = frozenset(
    [
        *("IS", "ARE", "HAS", "TIME"),
        *("ES", "SON", "ESTA", "ESTAN", "TENGO", "TIENE", "TIENEN"),
        *("EST", "SONT", "JAI"),
        *("IST", "SIND", "HAT", "HABE", "HAB"),
    ]
)
"""Words of questions that reasons have as well: "my son is ill"."""
_TO = frozenset(["TO", "A", "AL", "AU", "AN"])
_TOWARDS = _TO | {"FOR", "PARA", "DE", "DEL", "POUR", "DU", "FUR", "VON"}
_ME = frozenset(["ME", "US", "NOS", "MOI", "NOUS", "MIR", "MICH", "UNS"])
"""Whoever is given something: "can you give me back XYZ123"."""
_HOUR = r"\d{1,2}(?:[:.h]\d\d)?\s?(?:h|am|pm|uhr)?"
_HOURS = re.compile(
    rf"(?i)\b{_HOUR}\s*(?:to|till|until|til|a|à|hasta|jusqu'à|bis)\s*(?:las\s)?{_HOUR}\b"
    r"|\b(?:to|till|until|til|from|desde|hasta|dès|ab|bis)\s*(?:las\s)?\d"
    r"|%|(?<![\d/.])(?:1/[234]|2/3|3/4)(?![\d/.])|\u2044"
)
"""From when to when, or how much of it. "22:00-06:00" is copied from what we tell of a shift."""
_A_SENTENCE_ENDS = re.compile(r"[.!?]\s")
_A_CERTAIN_DAY = re.compile(r"(?i)\d+(?:st|nd|rd|th|\.)|\d+[/.-]\d+.*")


def doubtful(parts: Sequence[Part], plain: str) -> bool:
    """Whether the codes of a text may not be wanted, or not all, or not the whole of one."""
    return (
        _says_what_for(parts, plain)
        or _turns(parts, plain)
        or _leaves_the_choice(parts)
        or _wants_a_part(parts, plain)
        or _says_where(parts)
    )


def doubtful_drop(before: Sequence[Part], after: Sequence[Part], plain: str) -> bool:
    """Whether DROP and its codes, with these parts ``before`` and ``after`` the codes, may mean something else."""
    rest = plain[after[0].start :] if after else ""
    return (
        any(isinstance(part, Words) and part.folded in _ME for part in before)
        or (questions([*before, *after], plain) and not any(map(_wishes, before)))
        or (bool(rest) and "?" in plain[_end(before) :])
        or _HOURS.search(rest) is not None
        or any(map(_takes_back, after))
        or _gives_to(after, plain)
    )


def one_sentence(parts: Sequence[Part], plain: str) -> bool:
    """Whether no sentence ends between two codes, and nothing is to be done "then"."""
    between = [part for part in parts if isinstance(part, Words)]
    ends = _A_SENTENCE_ENDS.search(plain, parts[0].start, parts[-1].end)
    return ends is None and all(part.joins and part.first not in ("THEN", "DANN") for part in between)


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
    return several and any(isinstance(part, Words) and part.folded in _ONE for part in parts)


def _wants_a_part(parts: Sequence[Part], plain: str) -> bool:
    """Whether hours are named, or a share; or "only" stands before or behind a time."""
    if _HOURS.search(_without_codes(parts, plain)):
        return True
    only = time = False
    for part in parts:
        if isinstance(part, Code):
            only = time = False
        elif isinstance(part, Words) and part.folded in _ONLY:
            only = True
        else:
            time = part.is_number if isinstance(part, Unknown) else part.is_(WordClass.WHEN)
        if only and time:
            return True
    return False


def _without_codes(parts: Sequence[Part], plain: str) -> str:
    for part in parts:
        if isinstance(part, Code):
            plain = plain[: part.start] + "#" * (part.end - part.start) + plain[part.end :]
    return plain


def _says_where(parts: Sequence[Part]) -> bool:
    first = parts[0]
    return isinstance(first, Words) and first.folded in _WHEREABOUTS


def _takes_back(part: Part) -> bool:
    """Whether this part of what follows a DROP makes it another wish than that."""
    if isinstance(part, Unknown):
        return not _A_CERTAIN_DAY.fullmatch(part.typed)
    if isinstance(part, Code):
        return False
    asks = part.is_(WordClass.ASKING, WordClass.HELP) and part.first not in _STATING
    return asks or part.folded in _ONLY or part.is_(WordClass.MINE)


def _gives_to(after: Sequence[Part], plain: str) -> bool:
    """Whether what follows a DROP says who shall have it: "to sarah", "for Sarah", "a mí"."""
    for i, (word, to) in enumerate(zip_longest(after, after[1:])):
        if not isinstance(word, Words) or word.first not in _TOWARDS:
            continue
        if word.folded.split()[-1] in _ME | {"MI"}:
            return True
        if isinstance(to, Words) and word.folded in _TOWARDS:
            capital = plain[to.start : to.end].istitle()
            if to.folded in _ME or (not to.kinds and (capital or (i == 0 and word.folded in _TO))):
                return True
    return False
