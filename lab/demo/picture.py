"""Draws a part of the demo's output as SVG, for the README."""

import io
import re

from rich.console import Console
from rich.text import Text

FIRST = "The campaign"
LAST = "A text with several codes"
"""The first and the last line of the picture."""

_COLUMNS = 80
# The picture must not load fonts from another host.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def picture(output: str) -> str:
    """Returns a part of `output` as SVG; its colors are ANSI escape sequences.

    Raises:
        ValueError: the first or the last line of the picture is missing.
    """
    lines = output.splitlines()
    plain = [Text.from_ansi(line).plain for line in lines]
    first, last = _line(plain, FIRST), _line(plain, LAST)
    console = Console(record=True, file=io.StringIO(), width=_COLUMNS)
    console.print(Text.from_ansi("\n".join(lines[first : last + 1])))
    svg = _FONT_FACES.sub("", console.export_svg(title="make demo", unique_id="demo"))
    return svg.replace("Fira Code, monospace", _FONT).replace("Fira Code", _FONT)


def _line(lines: list[str], wanted: str) -> int:
    for number, line in enumerate(lines):
        if wanted in line:
            return number
    raise ValueError(f"no line of the demo's output contains {wanted!r}")
