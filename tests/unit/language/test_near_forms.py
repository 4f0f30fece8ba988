"""Tests texts that are nearly a command: dictated codes, signatures, footers and waiting lists in words."""

import pytest

from shift_sms_runtime.language.intents import FreeText, Intent, SayYes, ShiftAction, ShiftCommand, Unclear
from shift_sms_runtime.language.locale_files import locale
from shift_sms_runtime.language.look_ups import words_to_look_up
from shift_sms_runtime.language.multilingual.interpreter import interpret
from shift_sms_runtime.language.shift_codes import suggested_ids

CODES = ("CAF1", "CAF2", "CAF4", "CAF12", "CAF21", "BAR1", "A1")
ENGLISH = locale("shifts", "en").lexicons


def book(*codes: str) -> ShiftCommand:
    return ShiftCommand(ShiftAction.BOOK, codes)


def unclear(*codes: str, may_give_back: bool = False) -> Unclear:
    return Unclear(codes, may_give_back=may_give_back)


WAIT = ShiftCommand(ShiftAction.WAIT, ("CAF2",))


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "CAF four", book("CAF4")),
        ("en", "can i have caf four please", book("CAF4")),
        ("en", "caf one two", book("CAF12")),
        ("en", "caf twelve", book("CAF12")),
        ("en", "the bar one please", unclear("BAR1")),
        ("en", "BAR one please", book("BAR1")),
        ("en", "can i get a one hour break", FreeText()),
        ("en", "not caf four", unclear("CAF4", may_give_back=True)),
        ("en", "caf1 and the caf2 one", book("CAF1", "CAF2")),
        ("en", "caf2 one", book("CAF2")),
        ("en", "one please caf1 caf2", unclear("CAF1", "CAF2")),
        ("en", "the caf1 one or the caf2 one", unclear("CAF1", "CAF2")),
        ("en", "put me on the list for caf2", WAIT),
        ("en", "pop me on the waiting list for caf2 if one drops out", WAIT),
        ("en", "don't put me on the list for caf2", unclear("CAF2", may_give_back=True)),
        ("en", "Bob wants to be on the list for caf2", unclear("CAF2")),
        ("en", "request caf2", book("CAF2")),
        ("en", "the list says caf2", unclear("CAF2")),
        ("en", "caf1 - Maria", book("CAF1")),
        ("en", "caf1 please\n-- \nMike Jones", book("CAF1")),
        ("en", "caf1\nMaria 😊", book("CAF1")),
        ("en", "caf1 Maria", unclear("CAF1")),
        ("en", "caf1 / Maria", unclear("CAF1")),
        ("en", "Maria - caf1", unclear("CAF1")),
        ("en", "caf1 - Maria can do it", unclear("CAF1")),
        ("en", "caf1 - Maria?", unclear("CAF1")),
        ("en", "caf1 - Dentist", unclear("CAF1")),
        ("en", "caf1 - not Maria", unclear("CAF1", may_give_back=True)),
        ("en", "caf1 - Maria, caf2 - Mike", unclear("CAF1", "CAF2")),
        ("en", "CAF1\n\nSent from my iPhone", book("CAF1")),
        ("en", "CAF1 Sent from my Galaxy S21 Ultra", book("CAF1")),
        ("en", "caf1 sent from my boss", unclear("CAF1")),
        ("en", "caf1 sent from my phone sorry ignore", unclear("CAF1")),
        ("en", "Sent from my iPhone", FreeText()),
        ("en", "CAF1 🤒\nSent from my iPhone", ShiftCommand(ShiftAction.SICK, ("CAF1",))),
        ("en", "CAF1?\nSent from my iPhone", ShiftCommand(ShiftAction.INFO, ("CAF1",))),
        ("en", "CAF1\nSent from my iPhone 🤒", Unclear(("CAF1",), may_give_back=True, sick=True)),
        ("es", "el caf cuatro", book("CAF4")),
        ("es", "caf1 y el de caf2", book("CAF1", "CAF2")),
        ("es", "ponme en la lista para caf2", WAIT),
        ("es", "caf1 - María", book("CAF1")),
        ("es", "caf1\nSent from my iPhone", book("CAF1")),
        ("es", "caf1\nVon meinem iPhone gesendet", book("CAF1")),
        ("es", "caf1 - Zapatos", unclear("CAF1")),
        ("fr", "le caf quatre", book("CAF4")),
        ("fr", "caf1 et celui de caf2", book("CAF1", "CAF2")),
        ("fr", "mets-moi sur la liste pour caf2", WAIT),
        ("fr", "caf1 - Sophie", book("CAF1")),
        ("fr", "caf1\nEnvoyé de mon iPhone", book("CAF1")),
        ("de", "die caf vier", book("CAF4")),
        ("de", "setz mich auf die Liste für caf2", WAIT),
        ("de", "caf1 - Lena", book("CAF1")),
        ("de", "caf1\nVon meinem iPhone gesendet", book("CAF1")),
        ("de", "caf1 - Zahnarzt", unclear("CAF1")),
    ],
)
def test_given_a_near_form_when_read_then_only_what_is_meant_is_done(
    language: str, text: str, intent: Intent
) -> None:
    assert interpret(text, locale("shifts", language).lexicons, CODES) == intent


@pytest.mark.parametrize("text", ["👍", "👍🏽", "👌", "✅", "👍👍", "👍 perfect 😊"])
def test_given_a_thumb_up_when_read_then_it_needs_no_reply_without_an_offer(text: str) -> None:
    intent = interpret(text, ENGLISH, CODES)
    assert isinstance(intent, SayYes)
    assert intent.is_symbol or intent.may_only_acknowledge


def test_given_a_word_and_a_number_when_near_a_code_then_the_code_is_suggested() -> None:
    text = "could i have the cafe four\nSent from my Galaxy S21"
    assert interpret(text, ENGLISH, ()) == FreeText()
    assert words_to_look_up(FreeText(), text, ENGLISH, ()) == ("cafe4",)
    assert [*suggested_ids(text, ENGLISH, ["CAF4", "S22"], most=3)] == [("cafe four", ["CAF4"])]
