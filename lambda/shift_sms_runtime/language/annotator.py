"""Finds the codes, the phrases of everyday language and the unknown codes of a text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from shift_sms_runtime.language.lexicon import GrammarRole, GrammarWords, Lexicon, WordClass, fold
from shift_sms_runtime.language.shift_codes import KnownCodes
from shift_sms_runtime.language.tokenizer import Tokens

_LONGEST_PHRASE = 4
_YEAR = re.compile(r"20\d\d")
_DAY_OR_HOUR = re.compile(r"\d{1,2}(\D*)")
_CERTAIN_DAY = re.compile(r"\d+([^\W\d_]+|\.)|\d+[/.-]\d+.*")
_MONTH_TO_NUMBER = 2
"""How many parts a month and its number may be apart: "15 de agosto"."""


@dataclass(frozen=True)
class Code:
    """A known shift that the text names."""

    shift_id: str
    certain: bool
    """Whether it can be nothing else. NIGHT may be a shift, and "Night all" is not about it."""
    start: int
    end: int


@dataclass(frozen=True)
class UnknownCode:
    """A word that looks like a code and matches no known shift."""

    typed: str
    start: int
    end: int
    grammar: GrammarWords = field(repr=False)

    @property
    def is_number(self) -> bool:
        """Whether it is a day, an hour or a year rather than a code: "XYZ123 on the 15th"."""
        return all(self._is_time(fold(piece)) for piece in re.split(r"[\W_]+", self.typed) if piece)

    @property
    def is_certain_day(self) -> bool:
        """Whether it can only be a day: 15th, 15/08."""
        day = _CERTAIN_DAY.fullmatch(self.typed)
        return day is not None and (
            day[1] in (None, ".") or fold(day[1]) in self.grammar[GrammarRole.ORDINAL]
        )

    def _is_time(self, folded: str) -> bool:
        day_or_hour = _DAY_OR_HOUR.fullmatch(folded)
        if day_or_hour is None:
            return _YEAR.fullmatch(folded) is not None
        suffixes = self.grammar[GrammarRole.ORDINAL] | self.grammar[GrammarRole.HOUR]
        return not day_or_hour[1] or day_or_hour[1] in suffixes


@dataclass(frozen=True)
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
        """Whether the same is wanted of the codes before and after it. Other words may say "A1 for A2"."""
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
    """Returns the parts of a text in the order typed. Symbols come last."""
    parts = list(_Annotator(tokens, lexicon, known).parts())
    if tokens.plain.isupper():
        parts = _less_certain(parts)
    parts = _without_names_of_months(_with_separable_verbs(parts, lexicon))
    end = len(tokens.plain)
    symbols = (
        Phrase(symbol, lexicon.classes_of(symbol), end, end, lexicon.grammar) for symbol in tokens.symbols
    )
    return [*parts, *symbols]


class _Annotator:
    """Annotates one text word by word."""

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
                code = code if code[1] >= phrase[1] else None  # "night all", where NIGHT is a shift
            part, count = code or phrase or self._unknown_at(position)
            yield part
            position += count

    def _code_at(self, first: int) -> tuple[Part, int] | None:
        for count in self._tokens.code_lengths(first):
            if count > 1 and all(self._find(first + i, 1) for i in range(count)):
                continue  # several codes side by side
            found = self._find(first, count)
            if found is not None:
                certain = self._is_certain_code(first, count)
                return Code(found, certain, *self._span(first, count)), count
        return None

    def _find(self, first: int, count: int) -> str | None:
        joined = self._tokens.joined(first, count)
        if self._lexicon.classes_of(fold(joined)):
            return None  # a listed word, even if a shift has it as its id
        typed = self._tokens.typed(first, count)
        found = self._known.find(joined, typed)
        if count > 1 and joined.isdigit() and found != typed:
            return None  # a day and an hour: 4/7 11:00 is not 4711
        return found

    def _is_certain_code(self, first: int, count: int) -> bool:
        """Whether the words can only be a code.

        They are written without a gap, or none of them is listed: "n-12-b", but not "a 1". Without digits, they are in
        capitals.
        """
        words = self._words[first : first + count]
        if count > 1 and all(self._tokens.attached(first + i, first + i + 1) for i in range(count - 1)):
            return True
        if not any(word.has_digit for word in words):
            return all(word.raw.isupper() for word in words)
        return count == 1 or not any(self._lexicon.classes_of(word.folded) for word in words)

    def _phrase_at(self, first: int) -> tuple[Part, int] | None:
        for count in range(min(_LONGEST_PHRASE, len(self._words) - first), 0, -1):
            if any(self._tokens.separated(first + i, first + i + 1) for i in range(count - 1)):
                continue
            folded = " ".join(word.folded for word in self._words[first : first + count])
            classes = self._classes(folded, first, count)
            if classes:
                return Phrase(folded, classes, *self._span(first, count), self._grammar), count
        return None

    def _classes(self, folded: str, first: int, count: int) -> frozenset[WordClass]:
        """Returns the classes of a phrase, with regard to its accents.

        Employees who leave out accents still write them where they matter, at the end: "XYZ123 para el" is for him. At
        the beginning, "si, XYZ123" is yes.
        """
        after = first + count
        spelled = " ".join(word.spelled for word in self._words[first:after])
        possible, exact = self._lexicon.classes_of(folded), self._lexicon.classes_of(folded, spelled)
        if first == 0 and WordClass.YES in possible - exact and self._clause_ends_before(after):
            return frozenset([WordClass.YES])
        return possible if after == len(self._words) and spelled == folded else exact

    def _clause_ends_before(self, position: int) -> bool:
        """Whether the text or a clause ends before this word, or the word is a code."""
        if position == len(self._words) or self._tokens.separated(position - 1, position):
            return True
        return self._words[position].has_digit or self._code_at(position) is not None

    def _unknown_at(self, first: int) -> tuple[Part, int]:
        """Returns an unlisted word, or an unknown code with everything attached to it: 15/08, XYZ-99."""
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


def _less_certain(parts: Sequence[Part]) -> list[Part]:
    """Returns the parts of a text in capitals, where capitals mark no code: "HAVE A LOVELY NIGHT"."""
    if not any(isinstance(part, Phrase) for part in parts):
        return [*parts]
    return [
        replace(part, certain=part.certain and any(map(str.isdigit, part.shift_id)))
        if isinstance(part, Code)
        else part
        for part in parts
    ]


def _with_separable_verbs(parts: Sequence[Part], lexicon: Lexicon) -> list[Part]:
    """Returns the parts with both halves of a verb as one: "give XYZ123 back", German "sage XYZ123 ab"."""
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
                rest = replace(particle, classes=frozenset([WordClass.SMALL]))
                return [*parts[:first], whole, *parts[first + 1 : second], rest, *parts[second + 1 :]]
    return [*parts]


def _without_names_of_months(parts: Sequence[Part]) -> list[Part]:
    """Returns the parts with every month that has no number near it as unlisted: June may be a name."""

    def has_number(position: int) -> bool:
        near = parts[max(0, position - _MONTH_TO_NUMBER) : position + _MONTH_TO_NUMBER + 1]
        return any(isinstance(part, UnknownCode) and part.is_number for part in near)

    return [
        replace(part, classes=part.classes - {WordClass.DATE})
        if isinstance(part, Phrase) and part.is_any(WordClass.DATE) and not has_number(i)
        else part
        for i, part in enumerate(parts)
    ]
