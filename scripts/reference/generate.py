"""Writes the generated files in docs/ and finds stale ones."""

from functools import cache

from scripts.reference import alarms, constructs, diagram, language, product, resources, settings, tables

DOCS = product.ROOT / "docs"


@cache
def generate_files() -> dict[str, str]:
    """Returns the content of every generated file, by its path in docs/."""
    contents: dict[str, str] = {}
    for part in (settings, language, resources, tables, alarms, constructs, diagram):
        contents |= part.pages()
    return contents


def stale_files() -> list[str]:
    """Returns the paths of missing, different and obsolete files."""
    contents = generate_files()
    different = [path for path, text in contents.items() if _read(path) != text]
    return sorted([*different, *_obsolete(contents)])


def update() -> list[str]:
    """Writes or removes the stale files, and returns their paths."""
    contents, stale = generate_files(), stale_files()
    for path in stale:
        if path in contents:
            (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / path).write_text(contents[path], encoding="utf-8")
        else:
            (DOCS / path).unlink()
    return stale


def _read(path: str) -> str | None:
    file = DOCS / path
    return file.read_text(encoding="utf-8") if file.exists() else None


def _obsolete(contents: dict[str, str]) -> list[str]:
    folders = ("reference", "constructs")
    found = {file.relative_to(DOCS).as_posix() for folder in folders for file in (DOCS / folder).glob("*.md")}
    return sorted(found - contents.keys() - {"constructs/index.md"})
