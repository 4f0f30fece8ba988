"""What the words of a text are: codes, words of everyday language, and what nobody knows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shift_sms_runtime.domain.lexicon import Lexicon, WordClass, fold
from shift_sms_runtime.domain.text_parts import KnownCodes, TextParts

_LONGEST_PHRASE = 3
_MOST_NAMES = 2
"""First name and surname."""
_I = frozenset(["I", "ID", "ILL", "IM", "ICH", "JE", "J", "YO"])
_CLAUSE_BEGINS = re.compile(r"[,.!;:\u2013-]\s*$")
_CLAUSE_ENDS = re.compile(r"\s*([,.!]|[-\u2013]\s|$)")


@dataclass(frozen=True)
class Code:
    """A shift, and where it stands in the text."""

    shift_id: str
    sure: bool
    """Whether it can be nothing else: NIGHT may be a shift, and "Night all" is not about it."""
    start: int
    end: int


@dataclass(frozen=True)
class Unknown:
    """A word that looks like a code and is none."""

    typed: str
    start: int
    end: int


@dataclass(frozen=True)
class Words:
    """A word or phrase of everyday language; without ``kinds`` one that nobody has listed."""

    folded: str
    kinds: frozenset[WordClass]
    start: int
    end: int

    def is_(self, *kinds: WordClass) -> bool:
        """Whether it is of one of these classes."""
        return not self.kinds.isdisjoint(kinds)


Part = Code | Unknown | Words


def read(parts: TextParts, lexicon: Lexicon, known: KnownCodes) -> list[Part]:
    """The parts of a text without people's names; signs that mean something stand at its end."""
    end = len(parts.plain)
    signs = (Words(sign, lexicon.kinds(sign), end, end) for sign in parts.signs)
    found = list(_Reader(parts, lexicon, known).parts())
    return [*_without_names(found, parts.plain), *(sign for sign in signs if sign.kinds)]


class _Reader:
    """One text, word by word."""

    def __init__(self, parts: TextParts, lexicon: Lexicon, known: KnownCodes) -> None:
        self._parts = parts
        self._words = parts.words
        self._lexicon = lexicon
        self._known = known

    def parts(self) -> Iterator[Part]:
        position = 0
        while position < len(self._words):
            code, phrase = self._code_at(position), self._phrase_at(position)
            if code is not None and phrase is not None:
                code = code if code[1] >= phrase[1] else None  # "night all", where NIGHT is a shift
            part, count = code or phrase or self._unknown_at(position)
            yield part
            position += count

    def _code_at(self, first: int) -> tuple[Part, int] | None:
        for count in self._parts.windows(first):
            if count > 1 and all(self._find(first + i, 1) for i in range(count)):
                continue  # several codes side by side
            found = self._find(first, count)
            if found is not None:
                sure = self._can_be_nothing_else(first, count)
                return Code(found, sure, *self._span(first, count)), count
        return None

    def _find(self, first: int, count: int) -> str | None:
        joined = self._parts.joined(first, count)
        if self._lexicon.kinds(fold(joined)):
            return None  # a word of ours, whatever an operator has called a shift
        typed = self._parts.typed(first, count)
        found = self._known.find(joined, typed)
        if count > 1 and joined.isdigit() and found != typed:
            return None  # a day and an hour: 4/7 11:00 is not 4711
        return found

    def _can_be_nothing_else(self, first: int, count: int) -> bool:
        """Written without a gap or in words that are no others, "n-12-b" but not "a 1"; and if it has no digits, in
        capitals."""
        words = self._words[first : first + count]
        if count > 1 and all(self._parts.same_token(first + i, first + i + 1) for i in range(count - 1)):
            return True
        if not any(word.has_digit for word in words):
            return all(word.raw.isupper() for word in words)
        return count == 1 or not any(self._lexicon.kinds(word.folded) for word in words)

    def _phrase_at(self, first: int) -> tuple[Part, int] | None:
        for count in range(min(_LONGEST_PHRASE, len(self._words) - first), 0, -1):
            if any(self._parts.broken(first + i, first + i + 1) for i in range(count - 1)):
                continue
            phrase = " ".join(word.folded for word in self._words[first : first + count])
            kinds = self._lexicon.kinds(phrase)
            if kinds:
                return Words(phrase, kinds, *self._span(first, count)), count
        return None

    def _unknown_at(self, first: int) -> tuple[Part, int]:
        """A word nobody knows; with what is written onto it, when there is a digit somewhere: 15/08, XYZ-99."""
        count = 1
        while (
            first + count < len(self._words)
            and self._parts.same_token(first + count - 1, first + count)
            and self._code_at(first + count) is None
        ):
            count += 1
        if any(word.has_digit for word in self._words[first : first + count]):
            return Unknown(self._parts.typed(first, count), *self._span(first, count)), count
        folded = self._words[first].folded
        return Words(folded, self._lexicon.kinds_of_typo(folded), *self._span(first, 1)), 1

    def _span(self, first: int, count: int) -> tuple[int, int]:
        return self._words[first].start, self._words[first + count - 1].end


def _without_names(parts: Sequence[Part], plain: str) -> list[Part]:
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
    if any(not isinstance(part, Words) or part.kinds for part in name):
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
    if last.is_(WordClass.THANKS) and not last.is_(WordClass.POLITE):
        return ends or (capitals and _says_i(after))
    takes_leave = last.is_(WordClass.GREETING) and ends and _CLAUSE_BEGINS.search(plain[: last.start])
    return capitals and (_introduces(last) or bool(takes_leave))


def _introduces(part: Part) -> bool:
    """Whether a name may follow. German "im" is not "I'm": what is also an everyday word introduces nobody."""
    return isinstance(part, Words) and part.is_(WordClass.INTRODUCING) and not part.is_(WordClass.POLITE)


def _says_i(parts: Sequence[Part]) -> bool:
    """Whether a sentence of the sender's own begins: "I would like", "can I have"."""
    return any(isinstance(part, Words) and not _I.isdisjoint(part.folded.split()) for part in parts[:2])


def _asks(parts: Sequence[Part]) -> bool:
    """Whether a question of the sender's own begins: "can I", but not "I doubt"."""
    begins = parts[0] if parts else None
    return isinstance(begins, Words) and begins.folded.split()[0] not in _I and _says_i(parts)
