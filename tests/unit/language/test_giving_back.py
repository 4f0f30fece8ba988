"""Tests how employees say that they cannot work, and texts that only look like it."""

import pytest

from shift_sms_runtime.language.intents import FreeText, Intent, ShiftAction, ShiftCommand, Unclear
from tests.support.locale_files import FILES, intent_of

DROP = ShiftCommand(ShiftAction.DROP, ("XYZ123",))
ASK = Unclear(("XYZ123",), may_give_back=True)
WHICH = Unclear((), may_give_back=True)

GIVES_BACK = [
    ("en", "I can't make it tomorrow, drop XYZ123"),
    ("en", "can i drop XYZ123? im ill"),
    ("en", "i need to cancel my XYZ123"),
    ("en", "take me off the waiting list for XYZ123"),
    ("es", "¿puedo devolver XYZ123? estoy enfermo"),
    ("fr", "annule XYZ123"),
    ("de", "storno XYZ123"),
    ("de", "kann ich XYZ123 abgeben? bin krank"),
]

ASKS = [
    ("en", "can someone cover my XYZ123"),
    ("en", "my sister is sick, can i have XYZ123"),
    ("en", "I can't drop XYZ123"),
    ("en", "don't cancel XYZ123"),
    ("en", "did you cancel my XYZ123?"),
    ("en", "bob wants to drop XYZ123"),
    ("en", "they want to cancel XYZ123"),
    ("en", "drop XYZ123 off at the office"),
    ("en", "XYZ123, not for me"),
    ("es", "¿alguien puede cubrir mi XYZ123?"),
    ("es", "mi jefe cancela XYZ123"),
    ("es", "dar de baja XYZ123 a Pedro"),
    ("fr", "quelqu'un peut me remplacer sur XYZ123 ?"),
    ("fr", "n'annulez pas XYZ123"),
    ("fr", "il annule XYZ123"),
    ("de", "kann jemand XYZ123 übernehmen?"),
    ("de", "kein Storno XYZ123"),
    ("de", "Storno XYZ123 rückgängig"),
    ("de", "Max möchte XYZ123 abgeben"),
]

NAMES_NO_SHIFT: list[tuple[str, str, Intent]] = [
    ("en", "so sorry, won't be in today", WHICH),
    ("en", "i can't find the key", FreeText()),
    ("en", "is the flu going round?", FreeText()),
    ("es", "no voy a poder ir", WHICH),
    ("es", "no puedo entrar, no tengo llave", FreeText()),
    ("fr", "je ne peux pas entrer", FreeText()),
    ("de", "komme heute nicht", WHICH),
    ("de", "komme nicht rein, Tür ist zu", FreeText()),
]

every_vocabulary = pytest.mark.parametrize("vocabulary", sorted({vocabulary for vocabulary, _ in FILES}))


@every_vocabulary
@pytest.mark.parametrize(("language", "text"), GIVES_BACK)
def test_given_a_clear_wish_when_read_then_the_shift_is_given_back(
    vocabulary: str, language: str, text: str
) -> None:
    assert intent_of(text, vocabulary, language) == DROP


@every_vocabulary
@pytest.mark.parametrize(("language", "text"), ASKS)
def test_given_a_look_alike_when_read_then_nothing_changes_and_nothing_is_offered(
    vocabulary: str, language: str, text: str
) -> None:
    assert intent_of(text, vocabulary, language) == ASK


@every_vocabulary
@pytest.mark.parametrize(("language", "text", "intent"), NAMES_NO_SHIFT)
def test_given_no_code_when_the_sender_cannot_come_then_the_reply_asks_which(
    vocabulary: str, language: str, text: str, intent: Intent
) -> None:
    assert intent_of(text, vocabulary, language) == intent
