"""Formats the Markdown of the pages, with prose wrapped at 100 columns."""

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100


def page(title: str, introduction: str, *parts: str) -> str:
    """Returns a page with a comment that it is generated."""
    # The title comes first; otherwise the navigation shows the name of the file.
    head = f"# {title}\n\n<!-- Written by `make reference` from the code. Do not edit. -->"
    return "\n\n".join([head, paragraph(introduction), *filter(None, parts)]) + "\n"


def paragraph(text: str) -> str:
    """Returns prose, wrapped."""
    return textwrap.fill(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def section(title: str, *parts: str, rank: int = 2, anchor: str = "") -> str:
    """Returns a heading and the parts below it."""
    mark = f" {{ #{anchor} }}" if anchor else ""
    return "\n\n".join([f"{'#' * rank} {title}{mark}", *filter(None, parts)])


def item(text: str) -> str:
    """Returns an entry of a list, wrapped."""
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def items(entries: Iterable[str]) -> str:
    """Returns a list."""
    return "\n".join(entries)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def code(text: str) -> str:
    """Returns text in backticks, with line breaks as `\\n`."""
    return f"`{text}`".replace("\n", "\\n")


def sentence(text: str) -> str:
    """Returns text with a capital first letter and a final period."""
    return with_period(text[:1].upper() + text[1:])


def with_period(text: str) -> str:
    """Returns text with a final period or other end of a sentence."""
    return text if text.endswith((".", "?", "!", ":")) else text + "."


def quote_signs(text: str) -> str:
    """Returns text with lone signs in backticks, because a sign at the start of a line would begin a list."""
    return re.sub(r"(?<= )([-_.*+#])(?=[ .,;]|$)", r"`\1`", text)
