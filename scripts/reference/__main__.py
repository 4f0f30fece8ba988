"""Writes the generated pages and the diagram, or checks that they match the code.

python -m scripts.reference            writes them
python -m scripts.reference --check    exits with status 1 if one is stale
"""

import argparse
import sys

from scripts.reference.generate import DOCS, stale, write_stale


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    if parser.parse_args().check:
        paths = stale()
        for path in paths:
            print(f"docs/{path} is stale", file=sys.stderr)
        return 1 if paths else 0
    for path in write_stale():
        print(f"docs/{path} was written or removed", file=sys.stderr)
    print(f"the reference in {DOCS.name}/ matches the code")
    return 0


if __name__ == "__main__":
    sys.exit(main())
