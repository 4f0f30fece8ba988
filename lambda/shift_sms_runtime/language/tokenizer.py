"""Splits a text into words.

Employees type codes in any case and with any separator, so a code may be one word or several neighbors.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from shift_sms_runtime.language.lexicon import fold, fold_keeping_accents, is_symbol
from shift_sms_runtime.records import record

LONGEST_CODE = 64
"""Characters. Longer words are never looked up: a DynamoDB partition key has at most 2,048 bytes."""


_WORD = re.compile(r"[^\W_]+(?:['\u2019`\u00b4][^\W_]+)*")


_GAP = re.compile(r"[\s,;:!?&+()]")
"""Between two words, means that they are not attached to each other."""


_SEPARATOR = re.compile(r"[,;!?&+|]|[.:]\s")
"""Separates two codes, or ends a sentence. No code contains one."""


_CLAUSE_END = re.compile(r"[,;!?\u2026\n]|[.:](?:\s|$)|\s[-\u2013\u2014]\s")


_SAD_FACE = re.compile(r"[:;=]['\u2019]?-?[(\[|\\]|(?<!\w)[:=]-?/")


MOST_WORDS_IN_A_CODE = 4


LONGEST_PHRASE = 5
"""Words."""


_MOST_WORDS = 200
"""No text that a carrier delivers has more."""


@record
class Word:
    """A word and its position in the normalized text."""

    raw: str
    start: int
    end: int

    @cached_property
    def folded(self) -> str:
        """The word without case, accents and apostrophes."""
        return fold(self.raw)

    @cached_property
    def accented(self) -> str:
        """The word without case and apostrophes."""
        return fold_keeping_accents(self.raw)

    @cached_property
    def has_digit(self) -> bool:
        """Whether the word has a digit. Most codes have one; everyday words have none."""
        return any(character.isdigit() for character in self.raw)


@record
class Tokens:
    """A normalized text and its words. What every language looks at is worked out once."""

    text: str
    """The normalized text, to which all positions refer. See `tokenize`."""
    words: tuple[Word, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """The emoji and other symbols of the text. A sad face typed as ":(" counts as one."""
        return tuple(filter(is_symbol, _SAD_FACE.sub("\u2639", self.text)))

    def joined(self, first: int, count: int) -> str:
        """Returns `count` words from the one at `first`, written as one word."""
        return "".join(word.raw for word in self.words[first : first + count])

    def typed(self, first: int, count: int) -> str:
        """Returns `count` words from the one at `first`, as typed."""
        return self.text[self.words[first].start : self.words[first + count - 1].end]

    def attached(self, first: int, second: int) -> bool:
        """Whether two words are written without a gap, like "15/08" or "XYZ-12"."""
        return not _GAP.search(self._between(first, second))

    def separated(self, first: int, second: int) -> bool:
        """Whether two words belong to different codes or sentences."""
        return any(self._separations[first:second])

    def ends_clause(self, position: int) -> bool:
        """Whether the word at a position ends a clause: punctuation or a new line follows."""
        return has_clause_end(self._between(position, position + 1))

    def code_lengths(self, first: int) -> Sequence[int]:
        """Returns the possible numbers of words of a code that begins with the word at `first`, the largest first."""
        return self._code_lengths[first]

    def phrase(self, first: int, count: int) -> str:
        """Returns `count` words from the one at `first`, folded. There are at most `LONGEST_PHRASE`."""
        return self._phrases[first][count - 1]

    @cached_property
    def clauses(self) -> Sequence[tuple[int, int]]:
        """The positions at which each clause begins, and at which the next one does."""
        ends = [i + 1 for i in range(len(self.words) - 1) if self.ends_clause(i)]
        spans = zip([0, *ends], [*ends, len(self.words)], strict=True)
        return [(first, end) for first, end in spans if first < end]

    @cached_property
    def _separations(self) -> Sequence[bool]:
        """Whether a code or a sentence ends between each word and the next."""
        return [has_separator(self._between(i, i + 1)) for i in range(len(self.words) - 1)]

    @cached_property
    def _code_lengths(self) -> Sequence[Sequence[int]]:
        return [
            [
                count
                for count in range(min(MOST_WORDS_IN_A_CODE, len(self.words) - first), 0, -1)
                if not self.separated(first, first + count - 1)
                and sum(len(word.raw) for word in self.words[first : first + count]) <= LONGEST_CODE
            ]
            for first in range(len(self.words))
        ]

    @cached_property
    def _phrases(self) -> Sequence[Sequence[str]]:
        """The folded phrases that begin with each word, the shortest first."""
        folded = [word.folded for word in self.words]
        return [
            [
                " ".join(folded[first:end])
                for end in range(first + 1, min(first + LONGEST_PHRASE, len(folded)) + 1)
            ]
            for first in range(len(folded))
        ]

    def _between(self, first: int, second: int) -> str:
        return self.text[self.words[first].end : self.words[second].start]


def has_separator(between: str) -> bool:
    """Whether what stands between two words separates two codes or sentences."""
    return bool(_SEPARATOR.search(between))


def has_clause_end(between: str) -> bool:
    """Whether what stands between two words ends a clause: punctuation, a dash between spaces, or a new line."""
    return bool(_CLAUSE_END.search(between))


def tokenize(text: str) -> Tokens:
    """Normalizes a text and splits it into words. Never raises.

    Full-width characters become ordinary ones (NFKC). Control characters become spaces, except for line feeds.
    Formatting characters and unpaired surrogates are dropped.
    """
    normalized = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") and c != "\n" else c
        for c in unicodedata.normalize("NFKC", text)
        if unicodedata.category(c) not in ("Cf", "Cs")
    ).strip()
    found = (Word(match[0], match.start(), match.end()) for match in _WORD.finditer(normalized))
    return Tokens(normalized, tuple(islice(found, _MOST_WORDS)))
