"""The encoding and size of a text in segments, and substitutions that reduce its size.

A single GSM-7 segment holds 160 characters. Of several segments, each holds 153. One character outside GSM-7 makes the
whole text UCS-2, where the limits are 70 and 67. Carriers bill by segment. Sources: 3GPP TS 23.038 for the alphabet;
"SMS character limits" in the AWS End User Messaging user guide for the limits, and for the maximum of 1,530 GSM-7 or
630 UCS-2 characters.
"""

import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum

from shift_sms_runtime.records import record

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Characters that take two positions in GSM-7: an escape and the character."""

_GSM = GSM_BASIC | GSM_EXTENSION

_LOOKALIKES = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u2035\u02b9\u02bc\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212", "-"),
    **dict.fromkeys("\u2022\u2027\u00b7\u25cf\u25e6", "-"),
    **dict.fromkeys("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "),
    **dict.fromkeys("\u202f\u205f\u3000", " "),
    **dict.fromkeys("\v\u0085\u2028\u2029", "\n"),
}

_SAME_LENGTH_SUBSTITUTES = str.maketrans(_LOOKALIKES)

# Applied only if they make the whole text GSM-7. The added ones are longer than what they replace, or, like the bullet
# U+25AA, may be part of an emoji.
_ALL_SUBSTITUTES = str.maketrans({**_LOOKALIKES, "\u2026": "...", "\u2034": "'''", "\u25aa": "-"})

_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))


class Encoding(StrEnum):
    """The encoding of a text, named as on the bill from AWS."""

    GSM = "GSM"
    UCS2 = "UCS-2"


@record
class _Limits:
    one_segment: int
    each_of_several: int
    text: int


_LIMITS = {
    Encoding.GSM: _Limits(one_segment=160, each_of_several=153, text=1530),
    Encoding.UCS2: _Limits(one_segment=70, each_of_several=67, text=630),
}


@record
class TextSize:
    """The size of one text. `characters` are counted as they are billed."""

    encoding: Encoding
    characters: int
    segments: int
    not_gsm: str = ""
    """The characters that make the text UCS-2, each once, in the order in which they occur."""

    @property
    def sendable(self) -> bool:
        """Whether End User Messaging accepts a text of this size."""
        return 0 < self.characters <= self.max_characters

    @property
    def max_characters(self) -> int:
        """The maximum number of characters of a text in this encoding."""
        return _LIMITS[self.encoding].text


def with_gsm_substitutes(text: str) -> str:
    """Replaces characters with GSM-7 substitutes.

    One curly quote can double the price of a text.

    There are substitutes for typographic quotes, dashes, ellipses, bullets and spaces, and for letters with separate
    accents. Invisible characters are removed only if that makes the text GSM-7: otherwise they may belong to an emoji.
    The text never takes more segments than before.
    """
    if _GSM.issuperset(text):
        return text
    fully_replaced = _composed("".join(filter(_is_visible, text))).translate(_ALL_SUBSTITUTES)
    candidates = [
        _composed(text).translate(_SAME_LENGTH_SUBSTITUTES),
        text.translate(_SAME_LENGTH_SUBSTITUTES),
    ]
    if _GSM.issuperset(fully_replaced):
        candidates = [fully_replaced, *candidates]
    return min(candidates, key=_cost)


def measure(text: str) -> TextSize:
    """Returns the size of a text, without substitutions."""
    not_gsm = "".join(dict.fromkeys(c for c in text if c not in _GSM))
    encoding = Encoding.UCS2 if not_gsm else Encoding.GSM
    limits = _LIMITS[encoding]
    widths = [_width(c, encoding) for c in text]
    characters = sum(widths)
    if characters <= limits.one_segment:
        return TextSize(encoding, characters, min(characters, 1), not_gsm)
    return TextSize(encoding, characters, _count_segments(widths, limits.each_of_several), not_gsm)


def longest_prefix(text: str, fits: Callable[[str], bool]) -> str:
    """Returns the longest prefix of `text` that fits; empty if none does.

    `fits` must hold for every prefix of a prefix that fits.
    """
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[:middle]):
            low = middle
        else:
            high = middle - 1
    return text[:low]


def prefix_for_one_segment(part: str, text: Callable[[str], str]) -> str:
    """Returns the longest prefix of `part` with which `text` takes one segment; empty if none does."""
    return longest_prefix(part, lambda prefix: measure(text(prefix)).segments <= 1)


def make_sendable(text: str) -> str:
    """Returns the text with GSM-7 substitutes, cut to the length that AWS accepts."""
    return longest_prefix(with_gsm_substitutes(text), lambda prefix: measure(prefix).sendable)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) != "Cf" and character not in _VARIATION_SELECTORS


def _cost(text: str) -> tuple[int, bool, int]:
    size = measure(text)
    return size.segments, size.encoding is Encoding.UCS2, size.characters


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM:
        return 2 if character in GSM_EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _count_segments(widths: Iterable[int], limit: int) -> int:
    segments, used = 1, 0
    for width in widths:
        if used + width > limit:
            segments, used = segments + 1, 0
        used += width
    return segments
