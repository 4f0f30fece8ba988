"""Rows under each other. What somebody texted is shown without what could rearrange the screen it is read on."""

import unicodedata
from collections.abc import Iterator, Sequence

_GAP = "  "


def in_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Returns the lines of a table; the last column may be of any length."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)][:-1]
    for row in (header, *rows):
        cells = [f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)]
        yield _GAP.join([*cells, row[-1]]).rstrip()


def on_one_line(text: str) -> str:
    """Returns a text with / for its line breaks, and without control and formatting characters."""
    lines = (" ".join(_visible(line).split()) for line in text.splitlines())
    return " / ".join(filter(None, lines))


def shortened(text: str, longest: int) -> str:
    """Returns the beginning of a text that is longer."""
    return text if len(text) <= longest else f"{text[: longest - 3].rstrip()}..."


def _visible(text: str) -> str:
    kinds = {character: unicodedata.category(character) for character in text}
    return "".join(
        " " if kinds[character] == "Cc" else character
        for character in text
        if kinds[character] not in ("Cf", "Cs")
    )
