"""Fills the fault table and writes its page.

python -m lab.simulation.fault_table            writes docs/reference/faults.md
python -m lab.simulation.fault_table --check    exits with status 1 if the page is stale
"""

import argparse
import sys

from lab.simulation.fault_table.page import PAGE, entries, entry_of, page
from lab.simulation.fault_table.table import Result, cells, fill_all


def main() -> int:
    """Fills the table and returns the exit code.

    It is 1 if an invariant is violated or the page is stale.
    """
    parser = argparse.ArgumentParser(
        prog="lab.simulation.fault_table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="do not write the page")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    findings = list(fill_all(cells(), options.processes))
    violated = [finding for finding in findings if finding.result is Result.VIOLATED]
    for finding in violated:
        section, row, column = entry_of(finding)
        print(f"{section} {row}, {column}, in the story {finding.cell.story}: {finding.violations[0]}")
    if violated:
        return 1
    text = page(entries(findings))
    if options.check:
        stale = not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text
        print(f"{PAGE.name} is stale: run make faults" if stale else f"{PAGE.name} matches the simulation")
        return int(stale)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {len(findings)} entries to {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
