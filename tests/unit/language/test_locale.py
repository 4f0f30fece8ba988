"""Tests which locale belongs to a language tag."""

import pytest

from shift_sms_runtime.language.locale import ENGLISH, Locales
from shift_sms_runtime.language.locale_files import locales


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        (" ES_mx ", "es"),
        ("de-CH-1996", "de"),
        ("", "fr"),
        ("nl", "fr"),
        ("spanish", "fr"),
    ],
)
def test_given_a_language_tag_when_looked_up_then_it_has_a_locale_or_the_default(
    tag: str, language: str
) -> None:
    assert Locales(locales("shifts"), default="fr").of(tag).language == language


def test_given_a_locale_when_read_then_english_words_with_no_other_meaning_count() -> None:
    english, german = locales("shifts")[ENGLISH], locales("shifts")["de"]
    assert english.lexicon.classes_of("REQUEST") == german.lexicon.classes_of("REQUEST")
    assert german.lexicon.classes_of("WAS") != english.lexicon.classes_of("WAS")
