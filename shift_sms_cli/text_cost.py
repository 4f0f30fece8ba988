"""What a text takes, for a person to read."""

import unicodedata
from collections.abc import Iterator

from shift_sms_runtime.messaging.encoding import Encoding, TextSize

_ONE_SEGMENT = {Encoding.GSM: 160, Encoding.UCS2: 70}


def in_segments(count: int) -> str:
    """Returns a number of SMS segments. A segment of a campaign is a group of employees."""
    return f"{count} SMS segment{'' if count == 1 else 's'}"


def size_of(size: TextSize) -> str:
    """Returns what one text takes."""
    return f"{size.characters} {size.encoding} characters, {in_segments(size.segments)}"


def why_dear(size: TextSize) -> Iterator[str]:
    """Says what makes a text cost more than it must."""
    if size.segments > 1:
        longest = _ONE_SEGMENT[size.encoding]
        yield f"each SMS segment is paid for; a text of one has at most {longest} {size.encoding} characters"
    yield from not_in_gsm(size)


def not_in_gsm(size: TextSize) -> Iterator[str]:
    """Says which characters shorten the segments."""
    if size.not_gsm:
        yield (
            "not in the GSM alphabet, so that a segment has 70 characters instead of 160:"
            f" {named(size.not_gsm)}"
        )


def named(characters: str) -> str:
    """Returns each character with its name."""
    return ", ".join(f"{character} ({_name(character)})" for character in characters)


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()
