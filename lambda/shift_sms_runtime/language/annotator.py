"""Divides a text into parts: known codes, unknown codes and phrases of everyday language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from functools import cached_property

from shift_sms_runtime.language.lexicon import GrammarRole, GrammarWords, Lexicon, WordClass, fold
from shift_sms_runtime.language.shift_codes import KnownCodes, spoken_code
from shift_sms_runtime.language.tokenizer import Tokens
from shift_sms_runtime.records import record

_LONGEST_PHRASE = 4
_YEAR = re.compile(r"20\d\d")
_DAY_OR_HOUR = re.compile(r"\d{1,2}(\D*)")
_LINK = re.compile(r"[^\W\d_]\.[^\W\d_]+(\.\w+)*/|://", re.ASCII)
_CERTAIN_DAY = re.compile(r"\d+([^\W\d_]+|\.)|\d+[/.-]\d+.*")
_MOST_PARTS_TO_NUMBER = 2
"""How far a month may be from its number, in parts: "15 de agosto"."""


@record
class Code:
    """A known shift that the text names."""

    shift_id: str
    certain: bool
    """Whether the words can only be a code. "night" may be a greeting, even if NIGHT is a shift."""
    start: int
    end: int


@record
class UnknownCode:
    """A word that looks like a code and matches no known shift."""

    typed: str
    start: int
    end: int
    grammar: GrammarWords = field(repr=False)

    @property
    def is_date_or_time(self) -> bool:
        """Whether it may be a day, an hour or a year instead of a code: "XYZ123 on the 15th"."""
        return all(
            self._is_day_hour_or_year(fold(piece)) for piece in re.split(r"[\W_]+", self.typed) if piece
        )

    @property
    def is_link(self) -> bool:
        """Whether it is an address of a web page."""
        return _LINK.search(self.typed) is not None

    @property
    def is_certain_day(self) -> bool:
        """Whether it can only be a day: 15th, 15/08."""
        day = _CERTAIN_DAY.fullmatch(self.typed)
        return day is not None and (
            day[1] in (None, ".") or fold(day[1]) in self.grammar[GrammarRole.ORDINAL]
        )

    def _is_day_hour_or_year(self, folded: str) -> bool:
        day_or_hour = _DAY_OR_HOUR.fullmatch(folded)
        if day_or_hour is None:
            return _YEAR.fullmatch(folded) is not None
        suffixes = self.grammar[GrammarRole.ORDINAL] | self.grammar[GrammarRole.HOUR]
        return not day_or_hour[1] or day_or_hour[1] in suffixes


@record
class Phrase:
    """A word or phrase of everyday language. An unlisted word has no classes."""

    folded: str
    classes: frozenset[WordClass]
    start: int
    end: int
    grammar: GrammarWords = field(repr=False)

    def is_any(self, *classes: WordClass) -> bool:
        """Whether the phrase has one of these classes."""
        return not self.classes.isdisjoint(classes)

    @property
    def joins(self) -> bool:
        """Whether the sender wants the same of the codes before and after it: "A1 and A2", but not "A1 for A2"."""
        return self.starts_with(GrammarRole.JOINING)

    def has_role(self, *roles: GrammarRole) -> bool:
        """Whether the phrase as a whole has one of these roles."""
        return self._listed(self.folded, roles)

    def starts_with(self, *roles: GrammarRole) -> bool:
        """Whether the first word has one of these roles."""
        return self._listed(self.folded.partition(" ")[0], roles)

    def ends_with(self, *roles: GrammarRole) -> bool:
        """Whether the last word has one of these roles."""
        return self._listed(self.folded.rpartition(" ")[2], roles)

    def contains(self, *roles: GrammarRole) -> bool:
        """Whether any word has one of these roles."""
        return any(self._listed(word, roles) for word in self.folded.split())

    def _listed(self, word: str, roles: Iterable[GrammarRole]) -> bool:
        return any(word in self.grammar[role] for role in roles)


Part = Code | UnknownCode | Phrase


def annotate(tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> list[Part]:
    """Returns the parts of a text in the order typed, with the symbols at the end."""
    parts = list(_Annotator(tokens, lexicon, known).parts())
    if tokens.text.isupper():
        parts = _ignoring_capitals(parts)
    parts = _with_waiting_lists(_with_names_unlisted(_with_separable_verbs(parts, lexicon)))
    end = len(tokens.text)
    symbols = (
        Phrase(symbol, lexicon.classes_of(symbol), end, end, lexicon.grammar) for symbol in tokens.symbols
    )
    return [*parts, *symbols]


class _Annotator:
    """Divides one text into parts."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon, known: KnownCodes) -> None:
        self._tokens = tokens
        self._words = tokens.words
        self._lexicon = lexicon
        self._grammar = lexicon.grammar
        self._known = known

    def parts(self) -> Iterator[Part]:
        position = 0
        while position < len(self._words):
            code, phrase = self._code_at(position), self._phrase_at(position)
            if code is not None and phrase is not None:
                code = code if code[1] >= phrase[1] else None  # "night all" is longer than NIGHT
            part, count = code or phrase or self._unknown_at(position)
            yield part
            position += count

    def _code_at(self, first: int) -> tuple[Part, int] | None:
        for count in self._tokens.code_lengths(first):
            if count > 1 and all(self._known_id(first + i, 1) for i in range(count)):
                continue  # several codes next to each other
            spoken = spoken_code(self._tokens, first, count, self._lexicon)
            if spoken is not None and (found := self._known.find(spoken, spoken)) is not None:
                certain = self._is_certain_number(first, count)
                return Code(found, certain, *self._span(first, count)), count
            found = self._known_id(first, count)
            if found is not None:
                certain = self._is_certain_code(first, count)
                return Code(found, certain, *self._span(first, count)), count
        return None

    def _known_id(self, first: int, count: int) -> str | None:
        joined = self._tokens.joined(first, count)
        typed = self._tokens.typed(first, count)
        found = self._known.find(joined, typed)
        if found is None or self._lexicon.classes_of(fold(joined)):
            return None  # unknown, or a listed word, even if it is the id of a shift
        if count > 1 and joined.isdigit() and found != typed:
            return None  # a day and an hour: 4/7 11:00 is not 4711
        return found

    def _is_certain_number(self, first: int, count: int) -> bool:
        """Whether the last word is surely a number: in "the bar one" it may not be, but "BAR one" is a code."""
        is_one = self._words[first + count - 1].folded in self._grammar[GrammarRole.ONE]
        return not is_one or self._words[first].raw.isupper() or self._has_other_number

    @cached_property
    def _has_other_number(self) -> bool:
        """Whether the text has a code with another number in words: "the bar one and the caf three"."""
        one = self._grammar[GrammarRole.ONE]
        return any(
            word.folded in self._lexicon.numbers
            and word.folded not in one
            and (spoken := spoken_code(self._tokens, first, 2, self._lexicon)) is not None
            and self._known.find(spoken, spoken) is not None
            for first, word in enumerate(self._words[1:])
        )

    def _is_certain_code(self, first: int, count: int) -> bool:
        """Whether the words can only be a code.

        They have no gap between them, or none of them is listed: "n-12-b", but not "a 1". Words without a digit must be
        in capitals.
        """
        words = self._words[first : first + count]
        if count > 1 and all(self._tokens.attached(first + i, first + i + 1) for i in range(count - 1)):
            return True
        if not any(word.has_digit for word in words):
            return all(word.raw.isupper() for word in words)
        return count == 1 or not any(self._lexicon.classes_of(word.folded) for word in words)

    def _phrase_at(self, first: int) -> tuple[Part, int] | None:
        for count in range(min(_LONGEST_PHRASE, len(self._words) - first), 0, -1):
            if self._tokens.separated(first, first + count - 1):
                continue
            folded = self._tokens.phrase(first, count)
            classes = self._classes_of(folded, first, count)
            if classes:
                return Phrase(folded, classes, *self._span(first, count), self._grammar), count
        return None

    def _classes_of(self, folded: str, first: int, count: int) -> frozenset[WordClass]:
        """Returns the classes of a phrase as it is accented, or as it would be with its accents.

        Spanish employees leave out accents: "si, XYZ123" is "sí", yes. At the end of a text, "XYZ123 para el" may be
        "para él", for him.
        """
        possible, after = self._lexicon.classes_of(folded), first + count
        if not possible:
            return possible
        accented = " ".join(word.accented for word in self._words[first:after])
        exact = self._lexicon.classes_of(folded, accented)
        if first == 0 and WordClass.YES in possible - exact and self._clause_ends_before(after):
            return frozenset([WordClass.YES])
        return possible if after == len(self._words) and accented == folded else exact

    def _clause_ends_before(self, position: int) -> bool:
        """Whether a clause ends before the word at `position`, or a code begins there."""
        if position == len(self._words) or self._tokens.separated(position - 1, position):
            return True
        return self._words[position].has_digit or self._code_at(position) is not None

    def _unknown_at(self, first: int) -> tuple[Part, int]:
        """Returns an unlisted word, or an unknown code with the words attached to it: 15/08, XYZ-99."""
        count = 1
        while (
            first + count < len(self._words)
            and self._tokens.attached(first + count - 1, first + count)
            and self._code_at(first + count) is None
        ):
            count += 1
        if any(word.has_digit for word in self._words[first : first + count]):
            typed = self._tokens.typed(first, count)
            return UnknownCode(typed, *self._span(first, count), self._grammar), count
        folded = self._words[first].folded
        classes = self._lexicon.classes_of_typo(folded)
        return Phrase(folded, classes, *self._span(first, 1), self._grammar), 1

    def _span(self, first: int, count: int) -> tuple[int, int]:
        return self._words[first].start, self._words[first + count - 1].end


def _ignoring_capitals(parts: Sequence[Part]) -> list[Part]:
    """Returns the parts of a text all in capitals, which make no code certain: "HAVE A LOVELY NIGHT"."""
    if not any(isinstance(part, Phrase) for part in parts):
        return [*parts]
    return [
        replace(part, certain=part.certain and any(map(str.isdigit, part.shift_id)))
        if isinstance(part, Code)
        else part
        for part in parts
    ]


def _with_separable_verbs(parts: Sequence[Part], lexicon: Lexicon) -> list[Part]:
    """Returns the parts with a divided verb as one DROP: "give XYZ123 back", German "sage XYZ123 ab"."""
    codes = [i for i, part in enumerate(parts) if not isinstance(part, Phrase)]
    second = codes[-1] + 1 if codes else len(parts)
    if second == len(parts):
        return [*parts]
    for first in range(codes[0] - 1, -1, -1):
        verb, particle = parts[first], parts[second]
        if isinstance(verb, Phrase) and isinstance(particle, Phrase):
            classes = lexicon.classes_of(f"{verb.folded} {particle.folded}")
            if WordClass.DROP in classes:
                whole = replace(verb, classes=classes)
                rest = replace(particle, classes=frozenset([WordClass.FILLER]))
                return [*parts[:first], whole, *parts[first + 1 : second], rest, *parts[second + 1 :]]
    return [*parts]


def _with_waiting_lists(parts: Sequence[Part]) -> list[Part]:
    """Returns the parts with "list for A1" as WAIT: a list of one shift is its waiting list."""
    changed = [*parts]
    for i, (word, preposition, code) in enumerate(zip(parts, parts[1:], parts[2:], strict=False)):
        if (
            isinstance(word, Phrase)
            and word.is_any(WordClass.LIST)
            and isinstance(preposition, Phrase)
            and preposition.has_role(GrammarRole.FOR)
            and isinstance(code, Code)
        ):
            changed[i] = replace(word, classes=frozenset([WordClass.WAIT]))
    return changed


def _with_names_unlisted(parts: Sequence[Part]) -> list[Part]:
    """Returns the parts without the class TIME_OR_NAME where no number is near: June may be a name."""

    def is_near_number(position: int) -> bool:
        near = parts[max(0, position - _MOST_PARTS_TO_NUMBER) : position + _MOST_PARTS_TO_NUMBER + 1]
        return any(isinstance(part, UnknownCode) and part.is_date_or_time for part in near)

    return [
        replace(part, classes=part.classes - {WordClass.TIME_OR_NAME})
        if isinstance(part, Phrase) and part.is_any(WordClass.TIME_OR_NAME) and not is_near_number(i)
        else part
        for i, part in enumerate(parts)
    ]
