"""Splits a text into words.

Employees type codes in any case and with any separator, so a code may be one word or several neighbors. Codes are
compared by their `spelling`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shift_sms_runtime.language.lexicon import fold, is_symbol, spell

LONGEST_CODE = 64
"""Longer words are not codes and are not looked up: a DynamoDB partition key has at most 2,048 bytes."""


_WORD = re.compile(r"[^\W_]+(?:['\u2019`\u00b4][^\W_]+)*")


_GAP = re.compile(r"[\s,;:!?&+()]")


_SEPARATOR = re.compile(r"[,;!?&+|]|[.:]\s")
"""Separates two codes, or ends a sentence. A code never contains it."""


_SAD_FACE = re.compile(r"[:;=]['\u2019]?-?[(\[|\\]|(?<!\w)[:=]-?/")


_MOST_WORDS_IN_A_CODE = 4


_MOST_WORDS = 200
"""More than the longest text that a carrier delivers has."""


@dataclass(frozen=True)
class Word:
    """A word and its position in the text."""

    raw: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """The word as it is compared."""
        return fold(self.raw)

    @property
    def spelled(self) -> str:
        """The word as it is compared, with its accents."""
        return spell(self.raw)

    @property
    def has_digit(self) -> bool:
        """Whether a character is a digit. Most codes have one; everyday words have none."""
        return any(character.isdigit() for character in self.raw)


@dataclass(frozen=True)
class Tokens:
    """A text in plain characters, and its words."""

    plain: str
    words: tuple[Word, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Emoji and the like, wherever they stand. The sad face ":(" counts as one."""
        return tuple(filter(is_symbol, _SAD_FACE.sub("\u2639", self.plain)))

    def joined(self, first: int, count: int) -> str:
        """Returns `count` words from the one at `first`, written as one word."""
        return "".join(word.raw for word in self.words[first : first + count])

    def typed(self, first: int, count: int) -> str:
        """Returns `count` words from the one at `first`, as typed."""
        return self.plain[self.words[first].start : self.words[first + count - 1].end]

    def attached(self, first: int, second: int) -> bool:
        """Whether two words are written without a gap, like "15/08" or "XYZ-12"."""
        return not _GAP.search(self._between(first, second))

    def separated(self, first: int, second: int) -> bool:
        """Whether a comma or the end of a sentence stands between two words."""
        return bool(_SEPARATOR.search(self._between(first, second)))

    def code_lengths(self, first: int) -> Iterator[int]:
        """Yields how many words from the one at `first` may be one code, the most first."""
        most = min(_MOST_WORDS_IN_A_CODE, len(self.words) - first)
        for count in range(most, 0, -1):
            separated = any(self.separated(first + i, first + i + 1) for i in range(count - 1))
            if not separated and len(self.joined(first, count)) <= LONGEST_CODE:
                yield count

    def _between(self, first: int, second: int) -> str:
        return self.plain[self.words[first].end : self.words[second].start]


def tokenize(text: str) -> Tokens:
    """Splits a text into words. Never raises.

    Full-width characters become plain ones (NFKC), and control characters become spaces. Formatting characters and
    unpaired surrogates are dropped.
    """
    plain = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in unicodedata.normalize("NFKC", text)
        if unicodedata.category(c) not in ("Cf", "Cs")
    ).strip()
    found = (Word(match[0], match.start(), match.end()) for match in _WORD.finditer(plain))
    return Tokens(plain, tuple(word for word, _ in zip(found, range(_MOST_WORDS), strict=False)))
