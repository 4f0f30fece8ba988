"""A text taken apart: its words, and what among them may be a shift code.

Codes are typed in any case and with any separator, so a code may be one word or several neighbours; what it is compared
by is ``spelling``.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shift_sms_runtime.language.lexicon import fold, is_sign, spell

_WORD = re.compile(r"[^\W_]+(?:['\u2019`\u00b4][^\W_]+)*")


_GAP = re.compile(r"[\s,;:!?&+()]")


_BREAK = re.compile(r"[,;!?&+|]|[.:]\s")
"""Stands between two codes, or ends a sentence, and is never within a code."""


_SAD = re.compile(r"[:;=]['\u2019]?-?[(\[|\\]|(?<!\w)[:=]-?/")


LONGEST_CODE = 64
"""Longer words are no codes, and are not looked up: DynamoDB's keys end at 2,048 bytes."""


_MOST_WORDS_IN_A_CODE = 4


_MOST_WORDS = 200
"""Of the longest text a carrier lets through."""


@dataclass(frozen=True)
class Word:
    """A word of a text, and where it stands."""

    raw: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """As words are compared."""
        return fold(self.raw)

    @property
    def spelled(self) -> str:
        """The same with its accents."""
        return spell(self.raw)

    @property
    def has_digit(self) -> bool:
        """Codes mostly have digits, pleasantries have none."""
        return any(character.isdigit() for character in self.raw)


@dataclass(frozen=True)
class Tokens:
    """A text in plain characters, and its words."""

    plain: str
    words: tuple[Word, ...]

    @property
    def signs(self) -> tuple[str, ...]:
        """Thumbs and the like, wherever they stand: they belong to no word. ":(" is one too."""
        return tuple(filter(is_sign, _SAD.sub("\u2639", self.plain)))

    def joined(self, first: int, count: int) -> str:
        """So many words from the one at ``first`` as one."""
        return "".join(word.raw for word in self.words[first : first + count])

    def typed(self, first: int, count: int) -> str:
        """The same as they stand in the text."""
        return self.plain[self.words[first].start : self.words[first + count - 1].end]

    def same_token(self, first: int, second: int) -> bool:
        """Whether nothing that ends a word of everyday language stands between two words: a dash, or a dot."""
        return not _GAP.search(self.plain[self.words[first].end : self.words[second].start])

    def broken(self, first: int, second: int) -> bool:
        """Whether a comma or the end of a sentence stands between two words."""
        return bool(_BREAK.search(self.plain[self.words[first].end : self.words[second].start]))

    def windows(self, first: int) -> Iterator[int]:
        """How many words from ``first`` on may be one code, the most first."""
        most = min(_MOST_WORDS_IN_A_CODE, len(self.words) - first)
        for count in range(most, 0, -1):
            broken = any(self.broken(first + i, first + i + 1) for i in range(count - 1))
            if not broken and len(self.joined(first, count)) <= LONGEST_CODE:
                yield count


def tokenize(text: str) -> Tokens:
    """Never raises. Full-width characters become plain ones (NFKC); control characters become space; formatting
    characters and halves of broken ones vanish."""
    plain = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in unicodedata.normalize("NFKC", text)
        if unicodedata.category(c) not in ("Cf", "Cs")
    ).strip()
    found = (Word(match[0], match.start(), match.end()) for match in _WORD.finditer(plain))
    return Tokens(plain, tuple(word for word, _ in zip(found, range(_MOST_WORDS), strict=False)))
