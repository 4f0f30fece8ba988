"""The settings that select the words employees text and read.

This module imports nothing of the runtime, so that constructs and functions share it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Vocabulary(StrEnum):
    """What employees book. Each vocabulary has locale files of its own."""

    SHIFTS = "shifts"
    APPOINTMENTS = "appointments"


class Language(StrEnum):
    """A language that every vocabulary has a locale file for."""

    ENGLISH = "en"
    SPANISH = "es"
    FRENCH = "fr"
    GERMAN = "de"


@dataclass(frozen=True, kw_only=True)
class LanguageSettings:
    """The vocabulary, and the language of employees and campaigns that have none on record."""

    vocabulary: Vocabulary = Vocabulary.SHIFTS
    default_language: Language = Language.ENGLISH
    """The language of an employee without `language`, and of the instructions below a campaign message."""
