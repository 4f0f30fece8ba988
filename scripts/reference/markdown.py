"""Markdown as the pages have it: prose within 100 columns, tables only for facts."""

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100


def page(title: str, introduction: str, *parts: str) -> str:
    """Returns a page that says that it is generated."""
    # The title comes first, or the navigation would take the name of the file.
    head = f"# {title}\n\n<!-- Written by `make reference` from the code. Do not edit. -->"
    return "\n\n".join([head, paragraph(introduction), *filter(None, parts)]) + "\n"


def paragraph(text: str) -> str:
    """Returns prose, wrapped."""
    return textwrap.fill(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def section(title: str, *parts: str, rank: int = 2, anchor: str = "") -> str:
    """Returns a heading and what is under it."""
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
    """Returns a table of facts."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def code(text: str) -> str:
    """Returns text in code marks; a line break is spelled."""
    return f"`{text}`".replace("\n", "\\n")


def sentence(text: str) -> str:
    """Returns text with a capital first and a period last."""
    return ended(text[:1].upper() + text[1:])


def ended(text: str) -> str:
    """Returns text with a period last."""
    return text if text.endswith((".", "?", "!", ":")) else text + "."


def marked(text: str) -> str:
    """Returns text whose lone signs are in code marks, so that none becomes a list when a line begins with it."""
    return re.sub(r"(?<= )([-_.*+#])(?=[ .,;]|$)", r"`\1`", text)
