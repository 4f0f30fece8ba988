"""Builds the Markdown of the pages: prose within 100 columns, tables only for facts."""

import re
import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100


def page(title: str, introduction: str, *parts: str) -> str:
    """Returns a page with a note that it is generated."""
    # Unless the title comes first, the navigation shows the name of the file.
    head = f"# {title}\n\n<!-- Written by `make reference` from the code. Do not edit. -->"
    return "\n\n".join([head, paragraph(introduction), *filter(None, parts)]) + "\n"


def paragraph(text: str) -> str:
    """Returns prose, wrapped."""
    return textwrap.fill(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def section(title: str, *parts: str, rank: int = 2) -> str:
    """Returns a heading and the parts below it."""
    return "\n\n".join([f"{'#' * rank} {title}", *filter(None, parts)])


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
    """Returns text in code marks, with line breaks as \\n."""
    return f"`{text}`".replace("\n", "\\n")


def sentence(text: str) -> str:
    """Returns text with a capital at the beginning and a period at the end."""
    return with_period(text[:1].upper() + text[1:])


def with_period(text: str) -> str:
    """Returns text with a period at the end, unless it ends with punctuation."""
    return text if text.endswith((".", "?", "!", ":")) else text + "."


def with_signs_marked(text: str) -> str:
    """Returns text with single signs in code marks. Otherwise a line that begins with one becomes a list."""
    return re.sub(r"(?<= )([-_.*+#])(?=[ .,;]|$)", r"`\1`", text)
