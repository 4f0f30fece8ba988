"""Whose names stand in a text. They say nothing about shifts; but "Bob can do XYZ123" is about Bob."""

import re
from collections.abc import Sequence
from itertools import pairwise

from shift_sms_runtime.language.annotator import Code, Part, Unknown, Words
from shift_sms_runtime.language.lexicon import Grammar, WordClass

_MOST_NAMES = 2
"""First name and surname."""
_CLAUSE_BEGINS = re.compile(r"[,.!;:\u2013-]\s*$")
_CLAUSE_ENDS = re.compile(r"\s*([,.!]|[-\u2013]\s|$)")
_PUNCTUATION = re.compile(r"[,.;:!?]")


def without_names(parts: Sequence[Part], plain: str) -> list[Part]:
    """The parts without those that are somebody's name: after "Hi", "this is" or "thanks", and before "here"."""
    kept: list[Part] = []
    position = 0
    while position < len(parts):
        candidates = (parts[position : position + count] for count in range(_MOST_NAMES, 0, -1))
        name = next(
            (one for one in candidates if _is_name(one, parts[position + len(one) :], kept, plain)), ()
        )
        position += len(name)
        kept.extend(parts[position : position + 1])
        position += 1
    return kept


def _is_name(name: Sequence[Part], after: Sequence[Part], before: Sequence[Part], plain: str) -> bool:
    """Whether these are words that nobody has listed, where names stand.

    Names begin with a capital; in "hi bob, ..." and "hi bob can i ..." they need not. "Hi Bob can do it" is about Bob:
    what follows must be another sentence, a code, or something with "I".
    """
    unlisted = (isinstance(part, Words) and part.end > part.start and not part.kinds for part in name)
    if not all(unlisted) or _broken(name, plain):
        return False
    capitals = all(plain[part.start : part.end].istitle() for part in name)
    ends = _CLAUSE_ENDS.match(plain, name[-1].end) is not None
    greeted = all(
        isinstance(part, Words) and part.is_(WordClass.GREETING, WordClass.THANKS) for part in before
    )
    if capitals and greeted and after and _introduces(after[0]):
        return True
    last = before[-1] if before else None
    if not isinstance(last, Words):
        return False
    if last.is_(WordClass.GREETING) and greeted:
        code_next = bool(after) and isinstance(after[0], Code | Unknown)
        return ends or _asks(after) or (capitals and (code_next or _says_i(after)))
    if last.is_(WordClass.THANKS) and not last.is_(WordClass.POLITE, WordClass.SMALL):
        return ends or (capitals and _says_i(after))
    return capitals and (_introduced(last, name, after, plain) or (ends and _takes_leave(last, plain)))


def _introduced(by: Part, name: Sequence[Part], after: Sequence[Part], plain: str) -> bool:
    """Whether "this is" stands before a name, and after it nothing that it does: "this is Maria who has XYZ123".

    "Maria here, Bob ..." introduces nobody but Maria; but "Thanks, A1 is fine. Regards, Bob" ends so.
    """
    if not _introduces(by):
        return False
    rest = plain[name[-1].end :]
    if _PUNCTUATION.search(plain, by.end, name[0].start):
        return not _PUNCTUATION.sub("", rest).strip()
    following = after[0] if after else None
    if _CLAUSE_ENDS.match(rest) or following is None:
        return True
    if isinstance(following, Words):
        return following.joins or _says_i(after)
    # "This is Maria XYZ123", but "I am Exhausted XYZ123" and German "hier Schnee XYZ123".
    return isinstance(by, Words) and " " in by.folded and not by.begins(Grammar.SENDER)


def _takes_leave(last: Words, plain: str) -> bool:
    leaves = last.is_(WordClass.GREETING, WordClass.FAREWELL)
    return leaves and _CLAUSE_BEGINS.search(plain[: last.start]) is not None


def _broken(name: Sequence[Part], plain: str) -> bool:
    """Whether something stands within it that is within no name: "It's Karen, Dave ..."."""
    return any(_PUNCTUATION.search(plain, one.end, other.start) for one, other in pairwise(name))


def _introduces(part: Part) -> bool:
    """Whether a name may follow. What is also an everyday word introduces nobody: German "im" is not "I'm"."""
    everyday = (WordClass.POLITE, WordClass.SMALL, WordClass.WHEN)
    return isinstance(part, Words) and part.is_(WordClass.INTRODUCING) and not part.is_(*everyday)


def _says_i(parts: Sequence[Part]) -> bool:
    """Whether a sentence of the sender's own begins: "I would like", "can I have". "Joy and I" are two."""
    if parts and isinstance(parts[0], Words) and parts[0].joins:
        return False
    return any(isinstance(part, Words) and part.contains(Grammar.SENDER) for part in parts[:2])


def _asks(parts: Sequence[Part]) -> bool:
    """Whether a question of the sender's own begins: "can I", but not "I doubt"."""
    begins = parts[0] if parts else None
    return isinstance(begins, Words) and not begins.begins(Grammar.SENDER) and _says_i(parts)
