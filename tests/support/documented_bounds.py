"""The bounds of reads that the documentation gives."""

import re
from pathlib import Path

_PAGE = Path(__file__).parents[2] / "docs" / "limits.md"


def documented_bounds(section: str) -> dict[str, tuple[int, int]]:
    """Returns the items and the calls of each row of the table in a section, by the first cell of the row."""
    text = _PAGE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) +\| (\d+) +\| (\d+) +\|$", text, re.MULTILINE)
    return {name: (int(items), int(calls)) for name, items, calls in rows}
