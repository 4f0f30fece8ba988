"""Tests that texts about emergencies are urgent, in whatever language they are, and that texts alike are not."""

import pytest

from shift_sms_runtime.language.intents import FreeText, UrgentText
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.language.multilingual.interpreter import interpret

LEXICONS = {language: locale.lexicons for language, locale in locales("shifts").items()}


@pytest.mark.parametrize("on_file", LEXICONS)
@pytest.mark.parametrize(
    "text",
    [
        "there is fire in the kitchen",
        "police here, a guest was robbed",
        "two guests are fighting at the bar",
        "on a besoin des premiers secours, un client saigne",
        "se están peleando dos clientes en la barra",
        "hier schlagen sich zwei gäste",
    ],
)
def test_given_an_emergency_when_read_in_any_language_then_it_is_urgent(on_file: str, text: str) -> None:
    assert interpret(text, LEXICONS[on_file], ()) == UrgentText()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "where do i put the accident report"),
        ("en", "a guest asks if we handed his wallet in to the police"),
        ("en", "those tips were fire"),
        ("es", "se están peleando por los turnos jaja"),
        ("fr", "on a remis à la police son portefeuille"),
        ("fr", "la formation premiers secours est payée"),
        ("de", "die leute schlagen sich um die schichten"),
        ("de", "haben wir sein portemonnaie bei der polizei abgegeben"),
    ],
)
def test_given_a_text_like_an_emergency_when_read_then_a_person_reads_it(language: str, text: str) -> None:
    """English "accident report" is no French "accident"."""
    assert interpret(text, LEXICONS[language], ()) == FreeText()
