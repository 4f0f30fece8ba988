"""What the words of a text are: codes, words of everyday language, and what nobody knows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from shift_sms_runtime.language.lexicon import Grammar, GrammarWords, Lexicon, WordClass, fold
from shift_sms_runtime.language.shift_codes import KnownCodes
from shift_sms_runtime.language.tokenizer import Tokens

_LONGEST_PHRASE = 4
_A_YEAR = re.compile(r"20\d\d")
_A_DAY_OR_AN_HOUR = re.compile(r"\d{1,2}(\D*)")
_A_CERTAIN_DAY = re.compile(r"\d+([^\W\d_]+|\.)|\d+[/.-]\d+.*")
_AS_FAR_AS = 2
"""Words between a month and its number: "15 de agosto"."""


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
    grammar: GrammarWords = field(repr=False)

    @property
    def is_number(self) -> bool:
        """Whether it is a day, an hour or a year rather than a code: "XYZ123 on the 15th"."""
        return all(self._counts(fold(part)) for part in re.split(r"[\W_]+", self.typed) if part)

    @property
    def is_certain_day(self) -> bool:
        """Whether it can be nothing but a day: 15th, 15/08."""
        day = _A_CERTAIN_DAY.fullmatch(self.typed)
        return day is not None and (day[1] in (None, ".") or fold(day[1]) in self.grammar[Grammar.ORDINAL])

    def _counts(self, folded: str) -> bool:
        day_or_hour = _A_DAY_OR_AN_HOUR.fullmatch(folded)
        if day_or_hour is None:
            return _A_YEAR.fullmatch(folded) is not None
        written_onto = self.grammar[Grammar.ORDINAL] | self.grammar[Grammar.HOUR]
        return not day_or_hour[1] or day_or_hour[1] in written_onto


@dataclass(frozen=True)
class Words:
    """A word or phrase of everyday language; without ``kinds`` one that nobody has listed."""

    folded: str
    kinds: frozenset[WordClass]
    start: int
    end: int
    grammar: GrammarWords = field(repr=False)

    def is_(self, *kinds: WordClass) -> bool:
        """Whether it is of one of these classes."""
        return not self.kinds.isdisjoint(kinds)

    @property
    def joins(self) -> bool:
        """Whether of what stands before and after it the same is wanted. With other words it may be "A1 for A2"."""
        return self.begins(Grammar.JOINING)

    def acts_as(self, *roles: Grammar) -> bool:
        """Whether the grammar has it, as a whole, as one of these."""
        return self._has(self.folded, roles)

    def begins(self, *roles: Grammar) -> bool:
        """Whether its first word is one of these."""
        return self._has(self.folded.partition(" ")[0], roles)

    def ends(self, *roles: Grammar) -> bool:
        """Whether its last word is one of these."""
        return self._has(self.folded.rpartition(" ")[2], roles)

    def contains(self, *roles: Grammar) -> bool:
        """Whether any of its words is one of these."""
        return any(self._has(word, roles) for word in self.folded.split())

    def _has(self, word: str, roles: Iterable[Grammar]) -> bool:
        return any(word in self.grammar[role] for role in roles)


Part = Code | Unknown | Words


def read(parts: Tokens, lexicon: Lexicon, known: KnownCodes) -> list[Part]:
    """The parts of a text, in the order typed; signs stand at its end."""
    end = len(parts.plain)
    found = list(_Reader(parts, lexicon, known).parts())
    if parts.plain.isupper():
        found = _less_sure(found)
    found = _dated(_with_separated_verbs(found, lexicon))
    return [*found, *(Words(sign, lexicon.kinds(sign), end, end, lexicon.grammar) for sign in parts.signs)]


class _Reader:
    """One text, word by word."""

    def __init__(self, parts: Tokens, lexicon: Lexicon, known: KnownCodes) -> None:
        self._parts = parts
        self._words = parts.words
        self._lexicon = lexicon
        self._grammar = lexicon.grammar
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
            kinds = self._kinds(phrase, first, count)
            if kinds:
                return Words(phrase, kinds, *self._span(first, count), self._grammar), count
        return None

    def _kinds(self, phrase: str, first: int, count: int) -> frozenset[WordClass]:
        """The classes of a phrase, by its accents. Who leaves them out is careful only where it is needed: at the end,
        "XYZ123 para el" is for him; at the beginning, "si, XYZ123" is yes."""
        after = first + count
        spelled = " ".join(word.spelled for word in self._words[first:after])
        may_be, is_so = self._lexicon.kinds(phrase), self._lexicon.kinds(phrase, spelled)
        if first == 0 and WordClass.YES in may_be - is_so and self._begins_anew(after):
            return frozenset([WordClass.YES])
        return may_be if after == len(self._words) and spelled == phrase else is_so

    def _begins_anew(self, position: int) -> bool:
        """Whether the text is over before this word, or a clause; or the word is a code."""
        if position == len(self._words) or self._parts.broken(position - 1, position):
            return True
        return self._words[position].has_digit or self._code_at(position) is not None

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
            typed = self._parts.typed(first, count)
            return Unknown(typed, *self._span(first, count), self._grammar), count
        folded = self._words[first].folded
        kinds = self._lexicon.kinds_of_typo(folded)
        return Words(folded, kinds, *self._span(first, 1), self._grammar), 1

    def _span(self, first: int, count: int) -> tuple[int, int]:
        return self._words[first].start, self._words[first + count - 1].end


def _less_sure(parts: Sequence[Part]) -> list[Part]:
    """The same, where capitals say nothing, for all of the text is in capitals: "HAVE A LOVELY NIGHT"."""
    if not any(isinstance(part, Words) for part in parts):
        return [*parts]
    return [
        replace(part, sure=part.sure and any(map(str.isdigit, part.shift_id)))
        if isinstance(part, Code)
        else part
        for part in parts
    ]


def _with_separated_verbs(parts: Sequence[Part], lexicon: Lexicon) -> list[Part]:
    """The same, where a verb has its second half behind the codes: "give XYZ123 back", "sage XYZ123 ab"."""
    codes = [i for i, part in enumerate(parts) if not isinstance(part, Words)]
    second = codes[-1] + 1 if codes else len(parts)
    if second == len(parts):
        return [*parts]
    for first in range(codes[0] - 1, -1, -1):
        verb, rest = parts[first], parts[second]
        if isinstance(verb, Words) and isinstance(rest, Words):
            kinds = lexicon.kinds(f"{verb.folded} {rest.folded}")
            if WordClass.DROP in kinds:
                whole, nothing = replace(verb, kinds=kinds), replace(rest, kinds=frozenset([WordClass.SMALL]))
                return [*parts[:first], whole, *parts[first + 1 : second], nothing, *parts[second + 1 :]]
    return [*parts]


def _dated(parts: Sequence[Part]) -> list[Part]:
    """The same, where a month without a number is nothing that we know: June may be somebody."""

    def has_number(position: int) -> bool:
        near = parts[max(0, position - _AS_FAR_AS) : position + _AS_FAR_AS + 1]
        return any(isinstance(part, Unknown) and part.is_number for part in near)

    return [
        replace(part, kinds=part.kinds - {WordClass.DATE})
        if isinstance(part, Words) and part.is_(WordClass.DATE) and not has_number(i)
        else part
        for i, part in enumerate(parts)
    ]
