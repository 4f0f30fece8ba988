"""Writes the reference pages and the diagram, or checks that they are up to date.

python -m scripts.reference            writes
python -m scripts.reference --check    exit status 1 if a file is stale
"""

import argparse
import sys

from scripts.reference.generate import DOCS, stale_files, update


def main() -> int:
    """Writes or checks the files; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    if parser.parse_args().check:
        stale = stale_files()
        for path in stale:
            print(f"docs/{path} is stale", file=sys.stderr)
        return 1 if stale else 0
    for path in update():
        print(f"docs/{path} updated or removed", file=sys.stderr)
    print(f"the reference in {DOCS.name}/ is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
