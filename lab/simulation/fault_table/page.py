"""Writes the fault table as a page of the documentation, and reads its entries."""

import re
import textwrap
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from lab.simulation.aws.faults import Fault
from lab.simulation.fault_table.calls import DependencyCall
from lab.simulation.fault_table.functions import LEFT_OUT
from lab.simulation.fault_table.table import Disorder, Finding, Result

PAGE = Path(__file__).parents[3] / "docs/reference/faults.md"
_WIDTH = 100

Entry = tuple[str, str, str]
"""The section, the row and the column of an entry."""

_QUEUES = "Queues"
_HEAD = """# Fault table

<!-- Written by `make faults` from the simulation. Do not edit. -->
"""
_INTRODUCTION = """
The simulation runs the real functions on services in memory. For each entry of this page, it plays a story, such as a
booking with a waiting list, and injects one fault into the first call of that kind. The fault hits the first attempt,
and in a second run all attempts that the AWS SDK makes. At the end, every [guarantee](../guarantees.md) has to hold,
and no dead-letter queue may have a message.
"""
_LEGEND = {
    Result.SAME: "Employees and operators get the same texts as without the fault.",
    Result.LATER: "They get the same texts, more than 10 seconds later.",
    Result.UNKNOWN: "The fault hides whether a text was sent. The text is recorded as `unknown` and is not sent again.",
    Result.HOLDS: "Every guarantee holds. Texts that arrive in another order may have other replies.",
}
_COVERED = "The page covers each function that a queue or a stream invokes. It leaves out these functions:"
_AFTER = "The calls marked * are made only after a crash, so another call of the function crashes first."
_ABOUT_QUEUES = """
Every message of a queue is delivered twice, half of the messages are up to 20 seconds late, or all are up to 120
seconds late. A stream delivers in order, and again if its function fails or crashes: the tables above include that.
"""


def entries(findings: Iterable[Finding]) -> dict[Entry, Result]:
    """Returns the entries of the page. A queue has the worst result of all stories."""
    found: dict[Entry, Result] = {}
    for finding in findings:
        entry = entry_of(finding)
        known = found.get(entry, finding.result)
        found[entry] = max(known, finding.result, key=list(Result).index)
    return found


def entry_of(finding: Finding) -> Entry:
    """Returns the place of a finding on the page."""
    row, column = finding.cell.row, finding.cell.column.value
    if isinstance(row, DependencyCall):
        to, mark = (f" to `{row.queue}`" if row.queue else ""), (" *" if finding.cell.after else "")
        return f"`{row.function}`", f"`{row.method}`{to}, {row.operation}{mark}", column
    return _QUEUES, f"`{row}`", column


def page(found: Mapping[Entry, Result]) -> str:
    """Returns the page."""
    legend = [_item(f"**{result.value}**: {meaning}") for result, meaning in _LEGEND.items()]
    left_out = [_item(f"`{function}`: {reason}") for function, reason in LEFT_OUT.items()]
    parts = [_HEAD, *map(_prose, (_INTRODUCTION, _AFTER)), "\n".join(legend)]
    parts += [_prose(_COVERED), "\n".join(left_out)]
    for section, group in groupby(sorted(found, key=_order), key=lambda entry: entry[0]):
        columns = [one.value for one in (Disorder if section == _QUEUES else Fault)]
        rows = list(dict.fromkeys(row for _, row, _ in group))
        lines = [
            ["queue" if section == _QUEUES else "call", *columns],
            ["---"] * (len(columns) + 1),
            *([row, *(found[section, row, column].value for column in columns)] for row in rows),
        ]
        parts.append(f"## {section}")
        if section == _QUEUES:
            parts.append(_prose(_ABOUT_QUEUES))
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _order(entry: Entry) -> tuple[bool, str, str]:
    section, row, _ = entry
    return section == _QUEUES, section, row


def read(text: str) -> dict[Entry, Result]:
    """Reads the entries of the page."""
    found: dict[Entry, Result] = {}
    section, columns = "", list[str]()
    for line in text.splitlines():
        if line.startswith("## "):
            section, columns = line.removeprefix("## "), []
        elif line.startswith("| ") and not re.fullmatch(r"[|\s-]+", line):
            first, *rest = line.strip("| ").split(" | ")
            if columns:
                found |= {
                    (section, first, column): Result(value)
                    for column, value in zip(columns, rest, strict=True)
                }
            else:
                columns = rest
    return found


def _prose(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, break_long_words=False, break_on_hyphens=False)


def _item(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False)
