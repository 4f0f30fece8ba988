"""The catalogues in the package, each read when it is first needed."""

from functools import cache
from importlib.resources import files

from shift_sms_runtime.domain.catalogue import ENGLISH, Catalogue, read_catalogue
from shift_sms_runtime.domain.lexicon import Lexicon

_SUFFIX = ".toml"


def vocabularies() -> list[str]:
    """What can be offered, by name."""
    return sorted(
        folder.name
        for folder in files("shift_sms_runtime.catalogues").iterdir()
        if folder.is_dir() and not folder.name.startswith("_")
    )


@cache
def catalogues(vocabulary: str) -> dict[str, Catalogue]:
    """Every language of a vocabulary; each has what English has.

    Raises:
        CatalogueError: one cannot be used.
    """
    shared = files("shift_sms_runtime.catalogues")
    texts = {
        file.name.removesuffix(_SUFFIX): (
            file.read_text(encoding="utf-8"),
            (shared / file.name).read_text(encoding="utf-8"),
        )
        for file in (shared / vocabulary).iterdir()
        if file.name.endswith(_SUFFIX)
    }
    english = read_catalogue(ENGLISH, *texts.pop(ENGLISH))
    return {ENGLISH: english} | {
        name: read_catalogue(name, *both, like=english) for name, both in sorted(texts.items())
    }


def catalogue(vocabulary: str, language: str) -> Catalogue:
    """One language of a vocabulary.

    Raises:
        KeyError: it has no such language.
    """
    return catalogues(vocabulary)[language]


def lexicons(vocabulary: str) -> list[Lexicon]:
    """The words of every language of a vocabulary."""
    return [catalogue.lexicon for catalogue in catalogues(vocabulary).values()]
