"""A text taken apart: its words, and what among them may be a shift code.

Codes are typed in any case and with any separator, so a code may be one word or several neighbours; what it is compared
by is ``spelling``.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shift_sms_runtime.domain.lexicon import Lexicon, fold, is_sign, spell
from shift_sms_runtime.domain.shifts import spelling

_WORD = re.compile(r"[^\W_]+(?:['\u2019`\u00b4][^\W_]+)*")
_GAP = re.compile(r"[\s,;:!?&+()]")
_BREAK = re.compile(r"[,;!?&+|]|[.:]\s")
"""Stands between two codes, or ends a sentence, and is never within a code."""
_SAD = re.compile(r"[:;=]['\u2019]?-?[(\[|\\]|(?<!\w)[:=]-?/")
_LONGEST_CODE = 64
"""Longer words are no codes, and are not looked up: DynamoDB's keys end at 2,048 bytes."""
_MOST_WORDS_IN_A_CODE = 4
A_FEW_WORDS = 3
"""A text of so few words may be the name of a shift, spelled in its own way."""
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
class TextParts:
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
            if not broken and len(self.joined(first, count)) <= _LONGEST_CODE:
                yield count


def take_apart(text: str) -> TextParts:
    """Never raises. Full-width characters become plain ones (NFKC); control characters become space; formatting
    characters and halves of broken ones vanish."""
    plain = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in unicodedata.normalize("NFKC", text)
        if unicodedata.category(c) not in ("Cf", "Cs")
    ).strip()
    found = (Word(match[0], match.start(), match.end()) for match in _WORD.finditer(plain))
    return TextParts(plain, tuple(word for word, _ in zip(found, range(_MOST_WORDS), strict=False)))


def possible_ids(parts: TextParts, *, most: int, as_written: bool = False) -> tuple[str, ...]:
    """Keys under which the shifts that a text names are kept, if their ids are in capitals; the likeliest first.

    ``as_written``: or if they are as in the text, where somebody wrote it who knows how they are spelled.
    """
    certain: dict[str, None] = {}
    perhaps: dict[str, None] = {}
    for first, word in enumerate(parts.words):
        for count in parts.windows(first):
            written = (parts.joined(first, count), parts.typed(first, count))
            keys = (*(key.upper() for key in written), *(written if as_written else ()))
            fitting = dict.fromkeys(key for key in keys if " " not in key and len(key) <= _LONGEST_CODE)
            if count == 1:
                (certain if word.has_digit else perhaps).update(fitting)
            elif _may_be_one(parts, first, count):
                perhaps.update(fitting)
    return tuple({**certain, **perhaps})[:most]


def may_be_codes(parts: TextParts, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What may have been meant as a code, as it stands in the text and as one word; the longest first.

    Words that somebody has listed are none: German "nicht" is not NIGHT.
    """
    few = len(parts.words) <= A_FEW_WORDS
    for count in range(A_FEW_WORDS, 0, -1):
        for first in range(len(parts.words) - count + 1):
            words = parts.words[first : first + count]
            if any(word.has_digit for word in words) or (
                few and not all(lexicon.kinds(word.folded) for word in words)
            ):
                yield parts.typed(first, count), parts.joined(first, count)


def _may_be_one(parts: TextParts, first: int, count: int) -> bool:
    """Letters, then digits, or written without a gap: XYZ 123, XYZ-12-A."""
    words = parts.words[first : first + count]
    if all(parts.same_token(first + i, first + i + 1) for i in range(count - 1)):
        return True
    letters_first = [word.has_digit for word in words]
    return letters_first == sorted(letters_first) and any(letters_first) and not letters_first[0]


class KnownCodes:
    """The ids of shifts that there are, found by how people spell them."""

    def __init__(self, shift_ids: Sequence[str] | Mapping[str, object] = ()) -> None:
        self._by_spelling: dict[str, list[str]] = {}
        for shift_id in shift_ids:
            self._by_spelling.setdefault(spelling(shift_id), []).append(shift_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_spelling)

    def find(self, joined: str, typed: str) -> str | None:
        """The one shift that this can mean; of several only one that is written exactly so, or differs in case."""
        ids = self._by_spelling.get(spelling(joined), [])
        for exact in (typed, typed.upper(), joined.upper()):
            if exact in ids:
                return exact
        candidates = [one for one in ids if one.casefold() == typed.casefold()] or ids
        return candidates[0] if len(candidates) == 1 else None

    def under(self, spelled: str) -> list[str]:
        """The ids that are spelled so."""
        return self._by_spelling.get(spelled, [])
