"""The catalogues as the functions have them: what no shift can be called, and what people will read."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from shift_sms_runtime.language.locale import Locale
from shift_sms_runtime.language.locale_files import read_locale

DEFAULT_VOCABULARY = "shifts"
ENGLISH = "en"

_PACKAGE = "shift_sms_runtime.locales"
_SUFFIX = ".toml"


@cache
def vocabularies() -> Mapping[str, Sequence[str]]:
    """Returns the languages of each vocabulary, by name."""
    found: dict[str, list[str]] = {}
    for folder in sorted(files(_PACKAGE).iterdir(), key=lambda entry: entry.name):
        if folder.is_dir():
            names = sorted(file.name for file in folder.iterdir())
            languages = [name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)]
            if ENGLISH in languages:
                found[folder.name] = languages
    return found


@cache
def languages() -> Sequence[str]:
    """Returns every language that an employee can be answered in."""
    return sorted({language for spoken in vocabularies().values() for language in spoken})


@cache
def catalogues(vocabulary: str) -> Mapping[str, Locale]:
    """Returns every language of a vocabulary."""
    shared = files(_PACKAGE)
    texts = {
        language: [
            (folder / f"{language}{_SUFFIX}").read_text(encoding="utf-8")
            for folder in (shared / vocabulary, shared)
        ]
        for language in vocabularies()[vocabulary]
    }
    english = read_locale(ENGLISH, *texts.pop(ENGLISH))
    others = {language: read_locale(language, *both, like=english) for language, both in texts.items()}
    return {ENGLISH: english, **others}
