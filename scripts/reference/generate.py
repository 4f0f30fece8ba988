"""All that is generated, and whether the files in docs/ are the same."""

from functools import cache

from scripts.reference import alarms, constructs, diagram, language, product, resources, settings, tables

DOCS = product.ROOT / "docs"


@cache
def generated() -> dict[str, str]:
    """Returns every generated file, by its path in docs/."""
    made: dict[str, str] = {}
    for part in (settings, language, resources, tables, alarms, constructs, diagram):
        made |= part.pages()
    return made


def stale() -> list[str]:
    """Returns the files that are missing, that differ, or that nothing generates any more."""
    made = generated()
    different = [path for path, text in made.items() if _read(path) != text]
    return sorted([*different, *_left_over(made)])


def written() -> list[str]:
    """Writes what is stale, and returns it."""
    made, old = generated(), stale()
    for path in old:
        if path in made:
            (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / path).write_text(made[path], encoding="utf-8")
        else:
            (DOCS / path).unlink()
    return old


def _read(path: str) -> str | None:
    file = DOCS / path
    return file.read_text(encoding="utf-8") if file.exists() else None


def _left_over(made: dict[str, str]) -> list[str]:
    folders = ("reference", "constructs")
    found = {file.relative_to(DOCS).as_posix() for folder in folders for file in (DOCS / folder).glob("*.md")}
    return sorted(found - made.keys() - {"constructs/index.md"})
