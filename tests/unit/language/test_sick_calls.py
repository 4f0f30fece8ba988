"""Tests how employees say that they are sick, and texts that only look like it."""

import pytest

from shift_sms_runtime.language.intents import Intent, SayNo, ShiftAction, ShiftCommand, Unclear
from tests.support.locale_files import FILES, intent_of

SICK = ShiftCommand(ShiftAction.SICK, ("XYZ123",))
SICK_IN_WORDS = Unclear(("XYZ123",), may_give_back=True, sick=True)
WITHOUT_CODE = Unclear((), may_give_back=True, sick=True)

SICK_CALLS: list[tuple[str, str, Intent]] = [
    ("en", "SICK XYZ123", SICK),
    ("en", "xyz123 sick", SICK),
    ("en", "hi, I'm sick XYZ123 sorry", SICK),
    ("en", "XYZ123 🤒", SICK),
    ("en", "Drop xyz123, I'm sick 🤒", SICK),
    ("en", "hi im ill, please drop XYZ123", SICK),
    ("en", "SICK XYZ123 and ABC456", ShiftCommand(ShiftAction.SICK, ("XYZ123", "ABC456"))),
    ("en", "SICK XYZ999", ShiftCommand(ShiftAction.SICK, (), ("XYZ999",))),
    ("en", "SICK", ShiftCommand(ShiftAction.SICK)),
    ("en", "i'm sick", ShiftCommand(ShiftAction.SICK)),
    ("en", "I'm sick, can't do XYZ123", SICK_IN_WORDS),
    ("en", "so sorry, I'm sick, won't be in today", WITHOUT_CODE),
    ("en", "sick for my shift today", WITHOUT_CODE),
    ("en", "sick for all my shifts", WITHOUT_CODE),
    ("en", "no, I'm sick", SayNo(sick=True)),
    ("es", "ENFERMO XYZ123", SICK),
    ("es", "cancela XYZ123 estoy enferma", SICK),
    ("es", "estoy enferma", ShiftCommand(ShiftAction.SICK)),
    ("es", "no puedo hacer XYZ123, estoy enfermo", SICK_IN_WORDS),
    ("es", "tengo fiebre, hoy no puedo ir", WITHOUT_CODE),
    ("es", "enfermo para mis turnos", WITHOUT_CODE),
    ("fr", "MALADE XYZ123", SICK),
    ("fr", "je rends XYZ123, je suis malade", SICK),
    ("fr", "je suis malade", ShiftCommand(ShiftAction.SICK)),
    ("fr", "je suis malade, je ne peux pas faire XYZ123", SICK_IN_WORDS),
    ("fr", "je suis malade aujourd'hui", WITHOUT_CODE),
    ("fr", "malade pour mes créneaux", WITHOUT_CODE),
    ("de", "KRANK XYZ123", SICK),
    ("de", "gebe XYZ123 ab, habe Fieber", SICK),
    ("de", "bin krank", ShiftCommand(ShiftAction.SICK)),
    ("de", "bin krank, kann XYZ123 nicht machen", SICK_IN_WORDS),
    ("de", "bin heute krank", WITHOUT_CODE),
    ("de", "krank für meine Schicht", WITHOUT_CODE),
    ("de", "SICK XYZ123", SICK),
]

LOOK_ALIKES = [
    ("en", "not sick, see you at XYZ123"),
    ("en", "I'm sick but will be there for XYZ123"),
    ("en", "feeling ill, might be late for XYZ123"),
    ("en", "my son is sick, can I come at ten to XYZ123"),
    ("en", "my sister is sick, can i have XYZ123"),
    ("en", "sick of XYZ123"),
    ("en", "I'll think about XYZ123"),
    ("en", "ill take XYZ123 if nobody wants it"),
    ("en", "is tom still off sick for XYZ123?"),
    ("en", "if I'm still sick someone has to take XYZ123"),
    ("en", "broke my leg, ambulance is here, XYZ123"),
    ("en", "I'm sick but can do XYZ123"),
    ("en", "not feeling sick anymore, can do XYZ123"),
    ("en", "sick, running behind for XYZ123"),
    ("en", "I'm sick, will come 30 min after XYZ123 starts"),
    ("en", "don't think I'm sick enough to miss XYZ123"),
    ("en", "I'm sick, can I come at ten"),
    ("en", "my niece has a fever so I can't do XYZ123"),
    ("en", "colleague sick, can't swap XYZ123"),
    ("en", "Ann called in sick, can't do XYZ123"),
    ("es", "mi sobrino tiene fiebre, no puedo hacer XYZ123"),
    ("fr", "mon neveu a de la fièvre, je ne peux pas faire XYZ123"),
    ("de", "Kollege krank, kann XYZ123 nicht tauschen"),
    ("es", "mi hijo está enfermo, llego tarde a XYZ123"),
    ("es", "estoy mejor de la gripe, voy a XYZ123"),
    ("fr", "mon fils est malade, je serai en retard pour XYZ123"),
    ("fr", "je suis malade mais je viens pour XYZ123"),
    ("de", "bin krank, komme aber trotzdem zu XYZ123"),
    ("de", "war krank, bei XYZ123 bin ich wieder dabei"),
    ("de", "hatte einen Unfall, mir gehts nicht gut, XYZ123"),
]

DENIED = [
    ("en", "no fever"),
    ("en", "no, no fever"),
    ("en", "no fever, my shifts"),
    ("en", "no fever, see you at XYZ123"),
    ("en", "I don't have covid, XYZ123 is fine"),
    ("en", "negative covid test"),
    ("en", "tested negative for covid, see you at XYZ123"),
    ("en", "not feeling sick, XYZ123 is ok"),
    ("en", "recovered from covid, see you at XYZ123"),
    ("en", "the fever is gone, see you at XYZ123"),
    ("en", "sick but working XYZ123"),
    ("en", "nobody sick at XYZ123"),
    ("en", "getting my flu shot, see you at XYZ123"),
    ("es", "no tengo fiebre"),
    ("es", "no tengo fiebre, nos vemos en XYZ123"),
    ("es", "ya sin fiebre, XYZ123 ok"),
    ("es", "negativo en covid, voy a XYZ123"),
    ("es", "me pongo la vacuna de la gripe, nos vemos en XYZ123"),
    ("fr", "pas de fièvre"),
    ("fr", "je n'ai pas de fièvre, XYZ123 c'est bon"),
    ("fr", "plus de fièvre, XYZ123 ok"),
    ("fr", "test covid négatif, je viens pour XYZ123"),
    ("fr", "vaccin contre la grippe à midi, puis XYZ123"),
    ("de", "kein Fieber"),
    ("de", "kein Fieber, bis gleich bei XYZ123"),
    ("de", "kein Fieber mehr, XYZ123 passt"),
    ("de", "Corona negativ, XYZ123 passt"),
    ("de", "heute Grippe-Impfung, dann XYZ123"),
]

NEGATED_AFTERWARDS = [
    ("en", "No, fever. Can't do XYZ123"),
    ("en", "sick after my covid jab, can't do XYZ123"),
    ("es", "fiebre, no voy a XYZ123"),
    ("fr", "fièvre, pas de XYZ123 pour moi"),
    ("de", "39 Fieber, kein XYZ123 für mich"),
]

SEVERAL = [
    ("en", "I'm sick, can't do XYZ123 and ABC456", True),
    ("en", "flu, won't make XYZ123, ABC456 sorry", True),
    ("en", "sick, can't do XYZ123, ABC456. Doctor says rest", True),
    ("en", "sick for XYZ123, not for ABC456", False),
    ("en", "I'm sick, can't do XYZ123 but ABC456 is ok", False),
    ("en", "I'm sick, can't do XYZ123, ABC456 is fine", False),
    ("en", "SICK XYZ123, keeping ABC456", False),
    ("en", "drop XYZ123, sick, ABC456 is fine", False),
    ("en", "SICK XYZ123 INFO ABC456", False),
    ("es", "estoy enfermo, no puedo hacer XYZ123 y ABC456", True),
    ("es", "enfermo para XYZ123, no para ABC456", False),
    ("fr", "malade, je ne peux pas faire XYZ123 et ABC456", True),
    ("fr", "malade pour XYZ123, pas pour ABC456", False),
    ("de", "krank, kann XYZ123 und ABC456 nicht machen", True),
    ("de", "krank für XYZ123, nicht für ABC456", False),
    ("de", "krank, kann XYZ123 nicht, ABC456 geht", False),
]

every_vocabulary = pytest.mark.parametrize("vocabulary", sorted({vocabulary for vocabulary, _ in FILES}))


@every_vocabulary
@pytest.mark.parametrize(("language", "text", "intent"), SICK_CALLS)
def test_given_words_about_sickness_when_read_then_they_are_a_sick_call(
    vocabulary: str, language: str, text: str, intent: Intent
) -> None:
    assert intent_of(text, vocabulary, language) == intent


@every_vocabulary
@pytest.mark.parametrize(("language", "text"), [*LOOK_ALIKES, *DENIED])
def test_given_a_look_alike_when_read_then_it_is_no_sick_call(
    vocabulary: str, language: str, text: str
) -> None:
    intent = intent_of(text, vocabulary, language)
    assert not (isinstance(intent, Unclear | SayNo) and intent.sick)
    assert not (isinstance(intent, ShiftCommand) and intent.action in (ShiftAction.SICK, ShiftAction.DROP))


@every_vocabulary
@pytest.mark.parametrize(("language", "text"), NEGATED_AFTERWARDS)
def test_given_a_negation_after_a_sickness_when_read_then_it_is_a_sick_call(
    vocabulary: str, language: str, text: str
) -> None:
    assert intent_of(text, vocabulary, language) == SICK_IN_WORDS


@every_vocabulary
@pytest.mark.parametrize(("language", "text", "sick"), SEVERAL)
def test_given_several_codes_when_words_may_tell_them_apart_then_no_sick_call(
    vocabulary: str, language: str, text: str, sick: bool
) -> None:
    intent = intent_of(text, vocabulary, language)
    assert intent == Unclear(("XYZ123", "ABC456"), may_give_back=True, sick=sick)
