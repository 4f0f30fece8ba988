"""The names of the languages of replies: those that spreadsheets use, and the one that pages show."""

import unicodedata

from shift_sms_runtime.language.locale_files import languages

_NAMES = {
    "de": ("german", "deutsch", "alemán", "allemand"),
    "en": ("english", "englisch", "inglés", "anglais"),
    "es": ("spanish", "spanisch", "español", "castellano", "espagnol"),
    "fr": ("french", "französisch", "francés", "français"),
}


def language_of(name: str) -> str | None:
    """Returns the tag of a language by its name, such as Spanish or español; None if it is no language of replies."""
    wanted = _folded(name)
    for language in languages():
        if wanted in map(_folded, _NAMES.get(language, ())):
            return language
    return None


def name_of(language: str) -> str:
    """Returns the English name of a language by its tag, such as Spanish; the tag for another language."""
    names = _NAMES.get(language)
    return names[0].capitalize() if names else language


def _folded(name: str) -> str:
    """Returns a name in lower case and without accents."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
