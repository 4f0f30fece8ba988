"""Measures the encoding and the parts of a text.

The network does not share this code with the product, so it detects mistakes of the product's own code.
Source: https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-character.html
and 3GPP TS 23.038 for the alphabet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class _Alphabet:
    name: str
    single_size: int
    part_size: int
    maximum: int


_GSM = _Alphabet("GSM", single_size=160, part_size=153, maximum=1530)
_UNICODE = _Alphabet("Unicode", single_size=70, part_size=67, maximum=630)


@dataclass(frozen=True)
class Measure:
    """The encoding as in delivery events, the size in its characters, and the billed parts."""

    encoding: str
    size: int
    parts: int
    maximum: int

    @property
    def too_long(self) -> bool:
        return self.size > self.maximum


def measure(body: str) -> Measure:
    """Measures `body` in the cheapest encoding that can represent it."""
    if _GSM_BASIC.issuperset(set(body) - _GSM_EXTENSION):
        return _measure_widths(_GSM, [2 if c in _GSM_EXTENSION else 1 for c in body])
    return _measure_widths(_UNICODE, [2 if ord(c) > 0xFFFF else 1 for c in body])


def _measure_widths(alphabet: _Alphabet, widths: list[int]) -> Measure:
    size = sum(widths)
    parts = 1 if size <= alphabet.single_size else _count_parts(widths, alphabet.part_size)
    return Measure(alphabet.name, size, parts, alphabet.maximum)


def _count_parts(widths: Iterable[int], part_size: int) -> int:
    # A character of two units is never split between two parts, so a part can end one unit early.
    parts, used = 1, 0
    for width in widths:
        if used + width > part_size:
            parts, used = parts + 1, 0
        used += width
    return parts
