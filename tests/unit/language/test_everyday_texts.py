"""Tests everyday texts in every language."""

from collections.abc import Mapping

import pytest

from shift_sms_runtime.language.intents import (
    FreeText,
    HowTo,
    Intent,
    ListShifts,
    RequestCallback,
    SayNo,
    SayYes,
    ShiftAction,
    ShiftCommand,
    Thanks,
    Unclear,
)
from tests.support.locale_files import FILES, file_name, intent_of

_BOOKING = {
    "es": [
        "hola, quiero XYZ123 por favor",
        "Buenos días María, me gustaría tomar el XYZ123, muchas gracias",
        "sí, XYZ123",
        "¿puedo hacer XYZ123?",
        "Soy Juan Pérez, XYZ123",
        "buenas tardes señora García, resérveme XYZ123 x favor",
        "XYZ123 para el sábado 15 de agosto a las 8",
        "XYZ123 me interesa, gracias de antemano",
        "anótame en XYZ123 xfa",
        "estoy disponible para XYZ123",
        "yo puedo XYZ123. Saludos, Ana",
        "sin problema, XYZ123",
        "el codigo es posible XYZ123",
    ],
    "fr": [
        "bonjour, je voudrais XYZ123 s'il vous plaît",
        "Bonjour Madame Dupont, je prends XYZ123, merci beaucoup",
        "oui XYZ123",
        "est-ce que je peux prendre XYZ123 svp ?",
        "puis-je avoir XYZ123 ?",
        "C'est Marie, je prends XYZ123",
        "d'accord pour XYZ123",
        "j’aimerais réserver le XYZ123 pour samedi 15 août",
        "inscrivez-moi sur XYZ123, cordialement Jean Petit",
        "pas de problème pour XYZ123",
        "je suis disponible pour XYZ123",
        "XYZ123 ça me va, bonne journée",
    ],
    "de": [
        "Hallo, ich möchte XYZ123 bitte",
        "Guten Morgen Frau Müller, ich nehme XYZ123, vielen Dank",
        "Ja, XYZ123",
        "kann ich XYZ123 haben?",
        "Hier ist Anna Schmidt, ich übernehme XYZ123",
        "ich hätte gerne XYZ123",
        "XYZ123 am Samstag 15. August um 8 Uhr",
        "trag mich bitte für XYZ123 ein, LG Anna",
        "ich wuerde gern XYZ123 uebernehmen",
        "kein Problem, mache XYZ123",
        "Moin, bin dabei XYZ123",
        "XYZ123 passt mir, schönen Abend noch",
    ],
}


_BOOKING_BOTH = {
    "es": ["XYZ123 y ABC456", "quiero los dos XYZ123, ABC456"],
    "fr": ["XYZ123 et ABC456", "je prends les deux XYZ123 ABC456 svp"],
    "de": ["XYZ123 und ABC456", "beide bitte: XYZ123, ABC456"],
}


_NOT_BOOKING = {
    "es": [
        "no puedo XYZ123",
        "no quiero XYZ123",
        "lo siento, XYZ123",
        "ya no XYZ123",
        "XYZ123 o ABC456",
        "cambiar XYZ123 por ABC456",
        "cambio XYZ123 ABC456",
        "estoy enferma XYZ123",
        "XYZ123 me equivoqué",
        "XYZ123 tal vez",
        "si nadie más puede, XYZ123",
        "hola, imposible XYZ123",
        "mejor ABC456 en vez de XYZ123",
        "quítame de XYZ123",
        "cancelen XYZ123",
        "XYZ123 llego tarde",
        "¿XYZ123 se canceló?",
        "quién tiene XYZ123",
        "otro que XYZ123",
        "yo paso de XYZ123",
    ],
    "fr": [
        "je ne peux pas XYZ123",
        "je peux plus XYZ123",
        "désolé XYZ123",
        "XYZ123 ou ABC456",
        "échanger XYZ123 contre ABC456",
        "je suis malade XYZ123",
        "XYZ123 peut-être",
        "s'il reste XYZ123",
        "si personne ne prend XYZ123",
        "bonjour, impossible XYZ123",
        "c'est mort pour XYZ123",
        "ABC456 plutôt que XYZ123",
        "XYZ123 annulé ?",
        "XYZ123 réservé ?",
        "retirez-moi de XYZ123",
        "je suis en retard XYZ123",
        "qui a pris XYZ123",
        "sauf XYZ123",
        "XYZ123 confirmé ?",
        "c'est libre XYZ123 ?",
    ],
    "de": [
        "ich kann XYZ123 nicht",
        "kann XYZ123 leider nicht machen",
        "kein XYZ123",
        "XYZ123 oder ABC456",
        "XYZ123 gegen ABC456 tauschen",
        "bin krank XYZ123",
        "ich bin im Urlaub XYZ123",
        "XYZ123 vielleicht",
        "wenn sonst niemand kann, XYZ123",
        "Hallo, verhindert XYZ123",
        "lieber ABC456 als XYZ123",
        "statt XYZ123 ABC456",
        "ich gebe XYZ123 ab",
        "sage XYZ123 ab",
        "XYZ123 abgesagt?",
        "XYZ123 komme später",
        "wer hat XYZ123",
        "XYZ123 aus Versehen",
        "XYZ123 bestätigt?",
        "alles außer XYZ123",
    ],
}


_OTHER_INTENTS: dict[str, list[tuple[str, Intent]]] = {
    "es": [
        ("¿cuándo es XYZ123?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("¿sigue disponible XYZ123?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("¿cómo es XYZ123?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("quiero devolver XYZ123", ShiftCommand(ShiftAction.DROP, ("XYZ123",))),
        ("lista de espera XYZ123", ShiftCommand(ShiftAction.WAIT, ("XYZ123",))),
        ("la lista por favor", ListShifts()),
        ("más", ListShifts(more=True)),
        ("hola, ¿qué hay disponible?", ListShifts()),
        ("muchas gracias", Thanks()),
        ("gracias y buenas noches", Thanks()),
        ("sí, gracias", SayYes()),
        ("vale, gracias", SayYes(may_only_acknowledge=True)),
        ("claro que sí", SayYes()),
        ("no, gracias", SayNo()),
        ("¿cómo funciona?", HowTo()),
        ("ayuda por favor", HowTo()),
        ("buenos días", HowTo()),
        ("agente, tengo una duda", RequestCallback("tengo una duda")),
        ("no puedo XYZ123", Unclear(("XYZ123",), may_give_back=True)),
        ("hoy no puedo", FreeText()),
    ],
    "fr": [
        ("c'est quand XYZ123 ?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("XYZ123 est-il encore libre ?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("où est XYZ123 ?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("je voudrais rendre XYZ123", ShiftCommand(ShiftAction.DROP, ("XYZ123",))),
        ("je rends XYZ123", ShiftCommand(ShiftAction.DROP, ("XYZ123",))),
        ("liste d'attente XYZ123", ShiftCommand(ShiftAction.WAIT, ("XYZ123",))),
        ("la liste svp", ListShifts()),
        ("la suite", ListShifts(more=True)),
        ("bonjour, quoi de disponible ?", ListShifts()),
        ("merci beaucoup", Thanks()),
        ("oui merci", SayYes()),
        ("ok merci", SayYes(may_only_acknowledge=True)),
        ("d'accord", SayYes()),
        ("pas de problème", SayYes()),
        ("non merci", SayNo()),
        ("aide svp", HowTo()),
        ("bonjour", HowTo()),
        ("appel svp: une question", RequestCallback("svp: une question")),
        ("je ne peux pas XYZ123", Unclear(("XYZ123",), may_give_back=True)),
        ("je ne peux pas venir", Unclear((), may_give_back=True)),
    ],
    "de": [
        ("wann ist XYZ123?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("ist XYZ123 noch frei?", ShiftCommand(ShiftAction.INFO, ("XYZ123",))),
        ("wie lange geht XYZ123?", FreeText(("XYZ123",))),
        ("möchte XYZ123 abgeben", ShiftCommand(ShiftAction.DROP, ("XYZ123",))),
        ("XYZ123 zurückgeben", ShiftCommand(ShiftAction.DROP, ("XYZ123",))),
        ("Warteliste XYZ123", ShiftCommand(ShiftAction.WAIT, ("XYZ123",))),
        ("die Liste bitte", ListShifts()),
        ("mehr", ListShifts(more=True)),
        ("Hallo, was ist noch frei?", ListShifts()),
        ("vielen Dank", Thanks()),
        ("ja, danke", SayYes()),
        ("alles klar, danke", SayYes(may_only_acknowledge=True)),
        ("gerne", SayYes()),
        ("kein Problem", SayYes()),
        ("nein danke", SayNo()),
        ("Hilfe bitte", HowTo()),
        ("Guten Tag", HowTo()),
        ("Anruf, bitte heute", RequestCallback("bitte heute")),
        ("kann XYZ123 nicht", Unclear(("XYZ123",), may_give_back=True)),
        ("ich kann heute nicht", FreeText()),
    ],
}


def _rows(table: Mapping[str, list[str]]) -> list[tuple[str, str, str]]:
    return [
        (vocabulary, language, text)
        for vocabulary in sorted({vocabulary for vocabulary, _ in FILES})
        for language, texts in table.items()
        for text in texts
    ]


@pytest.mark.parametrize(("vocabulary", "language", "text"), _rows(_BOOKING))
def test_given_a_code_with_pleasantries_when_read_then_it_books(
    vocabulary: str, language: str, text: str
) -> None:
    found = intent_of(text, vocabulary, language)
    assert found == ShiftCommand(ShiftAction.BOOK, ("XYZ123",)), f"{file_name(vocabulary, language)}: {text}"


@pytest.mark.parametrize(("vocabulary", "language", "text"), _rows(_BOOKING_BOTH))
def test_given_two_codes_with_pleasantries_when_read_then_both_are_booked(
    vocabulary: str, language: str, text: str
) -> None:
    found = intent_of(text, vocabulary, language)
    assert found == ShiftCommand(ShiftAction.BOOK, ("XYZ123", "ABC456")), (
        f"{file_name(vocabulary, language)}: {text}"
    )


@pytest.mark.parametrize(("vocabulary", "language", "text"), _rows(_NOT_BOOKING))
def test_given_a_code_that_is_not_clearly_wanted_when_read_then_nothing_is_booked(
    vocabulary: str, language: str, text: str
) -> None:
    found = intent_of(text, vocabulary, language)
    books = isinstance(found, ShiftCommand) and found.action is ShiftAction.BOOK
    assert not books, f"{file_name(vocabulary, language)}: {text}: {found}"


@pytest.mark.parametrize(
    ("vocabulary", "language", "text", "intent"),
    [
        (vocabulary, language, text, intent)
        for vocabulary in sorted({vocabulary for vocabulary, _ in FILES})
        for language, rows in _OTHER_INTENTS.items()
        for text, intent in rows
    ],
)
def test_given_everyday_words_when_read_then_this_is_the_intent(
    vocabulary: str, language: str, text: str, intent: Intent
) -> None:
    assert intent_of(text, vocabulary, language) == intent, f"{file_name(vocabulary, language)}: {text}"


@pytest.mark.parametrize(
    ("vocabulary", "language", "text"),
    [
        ("shifts", "es", "¿hay turnos?"),
        ("shifts", "es", "quiero trabajar un turno de noche"),
        ("shifts", "fr", "il y a des créneaux ?"),
        ("shifts", "fr", "quelles gardes avez-vous"),
        ("shifts", "de", "gibt es Schichten?"),
        ("shifts", "de", "habt ihr noch Dienste"),
        ("appointments", "en", "do you have any appointments"),
        ("appointments", "es", "¿hay citas?"),
        ("appointments", "fr", "je voudrais un rendez-vous"),
        ("appointments", "fr", "un rdv svp"),
        ("appointments", "de", "ich brauche einen Termin"),
    ],
)
def test_given_the_word_for_what_is_offered_when_sent_then_it_is_a_request(
    vocabulary: str, language: str, text: str
) -> None:
    assert intent_of(text, vocabulary, language) == ListShifts(), f"{file_name(vocabulary, language)}: {text}"


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("es", "XYZ123 y ABC456", ShiftCommand(ShiftAction.BOOK, ("XYZ123", "ABC456"))),
        ("es", "XYZ123 and ABC456", ShiftCommand(ShiftAction.BOOK, ("XYZ123", "ABC456"))),
        ("en", "XYZ123 y ABC456", Unclear(("XYZ123", "ABC456"))),
        ("fr", "XYZ123 plus ABC456", Unclear(("XYZ123", "ABC456"))),
        ("de", "XYZ123 um 8 Uhr", ShiftCommand(ShiftAction.BOOK, ("XYZ123",))),
        ("de", "XYZ123 8am", ShiftCommand(ShiftAction.BOOK, ("XYZ123",))),
        ("de", "XYZ123 8uhr", ShiftCommand(ShiftAction.BOOK, ("XYZ123",))),
        ("en", "XYZ123 8uhr", ShiftCommand(ShiftAction.BOOK, ("XYZ123",), ("8uhr",))),
        ("es", "XYZ123 de 8 a 12", Unclear(("XYZ123",))),
        ("es", "XYZ123 a las 8", ShiftCommand(ShiftAction.BOOK, ("XYZ123",))),
        ("es", "XYZ123 hasta las 8", Unclear(("XYZ123",))),
        ("fr", "XYZ123 8h à 12h", Unclear(("XYZ123",))),
        ("fr", "XYZ123 à 8h", ShiftCommand(ShiftAction.BOOK, ("XYZ123",))),
        ("fr", "XYZ123 to 8h", Unclear(("XYZ123",))),
        ("fr", "rendre XYZ123, jusqu’à 8h", Unclear(("XYZ123",), may_give_back=True)),
    ],
)
def test_given_a_joining_word_when_read_then_its_language_or_english_has_it(
    language: str, text: str, intent: Intent
) -> None:
    assert intent_of(text, "shifts", language) == intent
