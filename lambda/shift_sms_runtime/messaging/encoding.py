"""The encoding, length and segments of a text, and replacements that keep them small.

A single segment holds 160 GSM-7 characters, each of several 153. One character outside GSM-7 makes the whole text
UCS-2, with 70 and 67. Carriers bill by segment. Sources: 3GPP TS 23.038 for the alphabet; "SMS character limits" in
the AWS End User Messaging user guide for the sizes and for the maximum of 1,530 GSM or 630 other characters.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Characters that GSM-7 writes as two: an escape and the character."""

_GSM = GSM_BASIC | GSM_EXTENSION

_ALIKE = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u2035\u02b9\u02bc\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212", "-"),
    **dict.fromkeys("\u2022\u2027\u00b7\u25cf\u25e6", "-"),
    **dict.fromkeys("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "),
    **dict.fromkeys("\u202f\u205f\u3000", " "),
    **dict.fromkeys("\v\u0085\u2028\u2029", "\n"),
}

_ONE_FOR_ONE = str.maketrans(_ALIKE)

# Used only if they make the whole text GSM: they are longer than what they replace, or, like the bullet U+25AA, may be
# part of an emoji.
_TWINS = str.maketrans({**_ALIKE, "\u2026": "...", "\u2034": "'''", "\u25aa": "-"})

_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))


class Encoding(StrEnum):
    """The encoding of a text, named as in the billing of AWS."""

    GSM = "GSM"
    UCS2 = "UCS-2"


@dataclass(frozen=True)
class _Sizes:
    single: int
    part: int
    longest: int


_SIZES = {
    Encoding.GSM: _Sizes(single=160, part=153, longest=1530),
    Encoding.UCS2: _Sizes(single=70, part=67, longest=630),
}


@dataclass(frozen=True)
class Measure:
    """The size of one text. `characters` are counted as they are billed."""

    encoding: Encoding
    characters: int
    segments: int
    not_gsm: str = ""
    """The characters that make the text UCS-2, each once, in the order of the text."""

    @property
    def sendable(self) -> bool:
        """Whether End User Messaging accepts the size."""
        return 0 < self.characters <= self.longest

    @property
    def longest(self) -> int:
        """The most characters that a text of this encoding may have."""
        return _SIZES[self.encoding].longest


def with_gsm_twins(text: str) -> str:
    """Replaces characters by their twins in GSM-7, because one curly quote can double the price of a text.

    Typographic quotes, dashes, dots, bullets and spaces have twins, as do letters whose accents are separate
    characters. Invisible characters are removed only if that makes the text GSM: otherwise they may belong to an
    emoji. The text never takes more segments than before.
    """
    if _GSM.issuperset(text):
        return text
    plain = _composed("".join(filter(_is_seen, text))).translate(_TWINS)
    ways = [_composed(text).translate(_ONE_FOR_ONE), text.translate(_ONE_FOR_ONE)]
    return min([plain, *ways] if _GSM.issuperset(plain) else ways, key=_cost)


def measure(text: str) -> Measure:
    """Measures a text as it is, without replacing anything."""
    not_gsm = "".join(dict.fromkeys(c for c in text if c not in _GSM))
    encoding = Encoding.UCS2 if not_gsm else Encoding.GSM
    sizes = _SIZES[encoding]
    widths = [_width(c, encoding) for c in text]
    characters = sum(widths)
    if characters <= sizes.single:
        return Measure(encoding, characters, min(characters, 1), not_gsm)
    return Measure(encoding, characters, _parts(widths, sizes.part), not_gsm)


def longest_start(text: str, fits: Callable[[str], bool]) -> str:
    """Returns the longest start of `text` that fits; empty if none does. If a start fits, every shorter one must."""
    fitting, tried = 0, len(text)
    while fitting < tried:
        middle = (fitting + tried + 1) // 2
        if fits(text[:middle]):
            fitting = middle
        else:
            tried = middle - 1
    return text[:fitting]


def sendable(text: str) -> str:
    """Returns the text with GSM-7 twins, cut to the length that End User Messaging accepts."""
    plain = with_gsm_twins(text)
    return longest_start(plain, lambda start: measure(start).sendable)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) != "Cf" and character not in _VARIATION_SELECTORS


def _cost(text: str) -> tuple[int, bool, int]:
    size = measure(text)
    return size.segments, size.encoding is Encoding.UCS2, size.characters


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM:
        return 2 if character in GSM_EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _parts(widths: Iterable[int], size: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > size:
            parts, used = parts + 1, 0
        used += width
    return parts
