"""Generates all files of the reference, and compares them with the files in docs/."""

from functools import cache

from scripts.reference import (
    alarms,
    constructs,
    diagram,
    domain_events,
    language,
    product,
    resources,
    settings,
    tables,
)
from scripts.reference.command_line import pages as command_line
from scripts.reference.figures import benchmarks, fill_simulation

DOCS = product.ROOT / "docs"

WRITTEN_OTHERWISE = {"constructs/index.md", "reference/faults.md"}
"""Pages that `make reference` does not write: one is written by hand, one by `make faults`."""


@cache
def generated() -> dict[str, str]:
    """Returns every generated file, by its path in docs/."""
    files: dict[str, str] = {}
    for part in (
        settings,
        language,
        command_line,
        resources,
        tables,
        alarms,
        constructs,
        diagram,
        domain_events,
        benchmarks,
        fill_simulation,
    ):
        files |= part.pages()
    return files


def stale() -> list[str]:
    """Returns the paths of files that are missing, that differ, or that are no longer generated."""
    files = generated()
    different = [path for path, text in files.items() if _read(path) != text]
    return sorted([*different, *_no_longer_generated(files)])


def write_stale() -> list[str]:
    """Writes or removes the stale files, and returns their paths."""
    files, paths = generated(), stale()
    for path in paths:
        if path in files:
            (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / path).write_text(files[path], encoding="utf-8")
        else:
            (DOCS / path).unlink()
    return paths


def _read(path: str) -> str | None:
    file = DOCS / path
    return file.read_text(encoding="utf-8") if file.exists() else None


def _no_longer_generated(files: dict[str, str]) -> list[str]:
    patterns = (
        *("reference/*.md", "reference/command-line/*.md", "reference/domain-events/*.json"),
        *("constructs/*.md", "images/benchmark-*.svg"),
    )
    found = {file.relative_to(DOCS).as_posix() for pattern in patterns for file in DOCS.glob(pattern)}
    return sorted(found - files.keys() - WRITTEN_OTHERWISE)
