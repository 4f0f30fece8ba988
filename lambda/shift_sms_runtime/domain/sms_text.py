"""What a text costs: its encoding, its length and its segments, and how to keep all three small.

A text of GSM-7 characters has 160 in one segment and 153 in each of several; one character outside GSM-7 makes it
UCS-2 with 70 and 67. Carriers bill per segment. Sources: 3GPP TS 23.038 for the alphabet, "SMS character limits" in
the AWS End User Messaging user guide for the sizes and for the maximum of 1,530 GSM or 630 other characters.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Characters that take two places in GSM-7: an escape and themselves."""

_TWINS = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "\u2032": "'",
        "\u00b4": "'",
        "`": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2033": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2015": "-",
        "\u2212": "-",
        "\u2022": "-",
        "\u2026": "...",
        "\u00a0": " ",
        "\u2007": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u200b": "",
        "\u200c": "",
        "\u200d": "",
        "\u2060": "",
        "\ufeff": "",
        "\t": " ",
    }
)


class Encoding(StrEnum):
    """How a text goes over the air; the names are those of AWS's billing."""

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
    """What one text takes: encoding, characters as they are billed, segments, and whether AWS would take it."""

    encoding: Encoding
    characters: int
    segments: int
    not_gsm: str = ""
    """The characters that force UCS-2, each once, in the order they come."""

    @property
    def sendable(self) -> bool:
        """Whether the text is within what End User Messaging accepts."""
        return 0 < self.characters <= self.longest

    @property
    def longest(self) -> int:
        """The most characters a text of this encoding may have."""
        return _SIZES[self.encoding].longest


def with_gsm_twins(text: str) -> str:
    """Replace typographic quotes, dashes, dots and spaces by their GSM-7 twins: one curly quote doubles the price."""
    return text.translate(_TWINS)


def measure(text: str) -> Measure:
    """Measure a text as it is, without replacing anything."""
    not_gsm = "".join(dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION))
    encoding = Encoding.UCS2 if not_gsm else Encoding.GSM
    sizes = _SIZES[encoding]
    widths = [_width(c, encoding) for c in text]
    characters = sum(widths)
    if characters <= sizes.single:
        return Measure(encoding, characters, min(characters, 1), not_gsm)
    return Measure(encoding, characters, _parts(widths, sizes.part), not_gsm)


def longest_start(text: str, fits: Callable[[str], bool]) -> str:
    """The longest start of ``text`` that fits; empty when none does. If a start fits, every shorter one must."""
    fitting, tried = 0, len(text)
    while fitting < tried:
        middle = (fitting + tried + 1) // 2
        if fits(text[:middle]):
            fitting = middle
        else:
            tried = middle - 1
    return text[:fitting]


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
