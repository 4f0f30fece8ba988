"""Finds the names of people in a text. A name says nothing about shifts, but "Bob can do XYZ123" is about Bob."""

import re
from collections.abc import Sequence
from itertools import pairwise

from shift_sms_runtime.language.annotator import Code, Part, Phrase, UnknownCode
from shift_sms_runtime.language.lexicon import GrammarRole, WordClass

_MOST_NAMES = 2
"""First name and surname."""
_CLAUSE_BEGINS = re.compile(r"[,.!;:\u2013-]\s*$")
_CLAUSE_ENDS = re.compile(r"\s*([,.!]|[-\u2013]\s|$)")
_PUNCTUATION = re.compile(r"[,.;:!?]")


def without_names(parts: Sequence[Part], plain: str) -> list[Part]:
    """Returns the parts of a text without names: after "Hi", "this is" or "thanks", and before "here"."""
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
    """Whether these are unlisted words in a place where names stand.

    Names begin with a capital, but may be in small letters in "hi bob, ..." and "hi bob can i ...". "Hi Bob can do it"
    is about Bob: after a name comes another sentence, a code, or something with "I".
    """
    unlisted = (isinstance(part, Phrase) and part.end > part.start and not part.classes for part in name)
    if not all(unlisted) or _has_punctuation_within(name, plain):
        return False
    capitals = all(plain[part.start : part.end].istitle() for part in name)
    clause_ends = _CLAUSE_ENDS.match(plain, name[-1].end) is not None
    greeted = all(
        isinstance(part, Phrase) and part.is_any(WordClass.GREETING, WordClass.THANKS) for part in before
    )
    if capitals and greeted and after and _introduces(after[0]):
        return True
    last = before[-1] if before else None
    if not isinstance(last, Phrase):
        return False
    if last.is_any(WordClass.GREETING) and greeted:
        code_next = bool(after) and isinstance(after[0], Code | UnknownCode)
        return (
            clause_ends or _asks_as_sender(after) or (capitals and (code_next or _begins_with_sender(after)))
        )
    if last.is_any(WordClass.THANKS) and not last.is_any(WordClass.POLITE, WordClass.SMALL):
        return clause_ends or (capitals and _begins_with_sender(after))
    signed = clause_ends and _says_goodbye(last, plain)
    return capitals and (_is_introduced(last, name, after, plain) or signed)


def _is_introduced(by: Part, name: Sequence[Part], after: Sequence[Part], plain: str) -> bool:
    """Whether "this is" stands before a name, and after it nothing that this person does.

    "This is Maria who has XYZ123" introduces nobody. In "Maria here, Bob ..." Bob is no name of the sender, but
    "Thanks, A1 is fine. Regards, Bob" ends with one.
    """
    if not _introduces(by):
        return False
    rest = plain[name[-1].end :]
    if _PUNCTUATION.search(plain, by.end, name[0].start):
        return not _PUNCTUATION.sub("", rest).strip()
    following = after[0] if after else None
    if _CLAUSE_ENDS.match(rest) or following is None:
        return True
    if isinstance(following, Phrase):
        return following.joins or _begins_with_sender(after)
    # "This is Maria XYZ123", but "I am Exhausted XYZ123" and German "hier Schnee XYZ123".
    return isinstance(by, Phrase) and " " in by.folded and not by.starts_with(GrammarRole.SENDER)


def _says_goodbye(last: Phrase, plain: str) -> bool:
    leaves = last.is_any(WordClass.GREETING, WordClass.FAREWELL)
    return leaves and _CLAUSE_BEGINS.search(plain[: last.start]) is not None


def _has_punctuation_within(name: Sequence[Part], plain: str) -> bool:
    """Whether punctuation separates the words, as in "It's Karen, Dave ..."."""
    return any(_PUNCTUATION.search(plain, one.end, other.start) for one, other in pairwise(name))


def _introduces(part: Part) -> bool:
    """Whether a name may follow. An everyday word introduces no name: German "im" is not "I'm"."""
    everyday = (WordClass.POLITE, WordClass.SMALL, WordClass.WHEN)
    return isinstance(part, Phrase) and part.is_any(WordClass.INTRODUCING) and not part.is_any(*everyday)


def _begins_with_sender(parts: Sequence[Part]) -> bool:
    """Whether the sender begins a sentence: "I would like", "can I have". In "Joy and I", nothing begins."""
    if parts and isinstance(parts[0], Phrase) and parts[0].joins:
        return False
    return any(isinstance(part, Phrase) and part.contains(GrammarRole.SENDER) for part in parts[:2])


def _asks_as_sender(parts: Sequence[Part]) -> bool:
    """Whether the sender begins a question: "can I", but not "I doubt"."""
    first = parts[0] if parts else None
    return (
        isinstance(first, Phrase) and not first.starts_with(GrammarRole.SENDER) and _begins_with_sender(parts)
    )
