"""The picture of the demo in the README: a part of what the screen showed, as SVG."""

import io
import re

from rich.console import Console
from rich.text import Text

FIRST = "The campaign"
LAST = "Several codes in one text"
"""Lines between which the picture is taken; both are in it."""

_COLUMNS = 80
# Nothing is loaded from another host: readers have a font of their own.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def picture(shown: str) -> str:
    """Returns the part of what was shown as SVG; `shown` has colors as a terminal takes them.

    Raises:
        ValueError: a line between which the picture is taken is missing.
    """
    lines = shown.splitlines()
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
    raise ValueError(f"the demo did not show {wanted!r}")
