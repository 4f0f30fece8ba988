"""Writes the pages and the diagram, or checks that they are as the code is.

python -m scripts.reference            writes
python -m scripts.reference --check    exit status 1 when one is stale
"""

import argparse
import sys

from scripts.reference.generate import DOCS, stale, written


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    if parser.parse_args().check:
        old = stale()
        for path in old:
            print(f"docs/{path} is stale", file=sys.stderr)
        return 1 if old else 0
    for path in written():
        print(f"docs/{path} written anew, or removed", file=sys.stderr)
    print(f"the reference in {DOCS.name}/ is as the code is")
    return 0


if __name__ == "__main__":
    sys.exit(main())
