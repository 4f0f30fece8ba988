"""Tests opt-outs in plain words that remove a record or follow a reason, and texts that look alike."""

import pytest

from shift_sms_runtime.language.intents import OptOut
from shift_sms_runtime.language.locale_files import locales
from shift_sms_runtime.language.multilingual.interpreter import interpret

LEXICONS = {language: locale.lexicons for language, locale in locales("shifts").items()}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "wrong person please delete my number"),
        ("en", "I would like to be removed from the mailing list"),
        ("en", "delete my contact info please"),
        ("en", "I left months ago so stop texting me"),
        ("es", "Quiero darme de baja de este servicio."),
        ("es", "saquen mi número del sistema"),
        ("fr", "retirez mon numéro de vos contacts"),
        ("fr", "je voudrais être retiré de la liste de diffusion"),
        ("de", "falsche nummer bitte nicht mehr schreiben"),
        ("de", "könnt ihr mich bitte aus dem verteiler nehmen?"),
    ],
)
def test_given_a_request_to_be_removed_when_read_then_it_opts_out(language: str, text: str) -> None:
    assert interpret(text, LEXICONS[language], ()) == OptOut(in_words=True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "please dont take my name off the list"),
        ("en", "can you remove my shift from the list"),
        ("en", "take me off the waiting list"),
        ("en", "please take my number"),
        ("en", "please put my name on the list"),
        ("es", "darme de baja del turno de mañana"),
        ("es", "quita mi turno de la lista"),
        ("es", "no borren mi numero"),
        ("fr", "retirez moi de la liste d'attente"),
        ("fr", "n'oubliez pas mon nom sur la liste"),
        ("de", "hört auf zu lachen"),
        ("de", "hab gestern gewartet und keine nachrichten bekommen"),
        ("de", "nehmt mich aus der schicht am samstag"),
    ],
)
def test_given_a_text_that_looks_like_an_opt_out_when_read_then_it_is_none(language: str, text: str) -> None:
    assert not isinstance(interpret(text, LEXICONS[language], ()), OptOut)
