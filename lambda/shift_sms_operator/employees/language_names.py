"""The names by which spreadsheets call the languages of replies."""

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


def _folded(name: str) -> str:
    """Returns a name in lower case and without accents."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
