"""Lists dialogues in which employees text in another language than the one on their item."""

from dataclasses import dataclass

from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, POST_SHIFTS, Dialogue, Turn, ann
from tests.support.dialogues.replies import NIGHT_LINE


@dataclass(frozen=True)
class _Texts:
    """What an employee texts in one language."""

    books: str
    asks: str
    drops: str
    lists: str
    own: str


_TEXTS = {
    "en": _Texts(
        "can i have XYZ123 please", "is XYZ123 still free?", "drop XYZ123, i'm sick", "REQUEST", "my shifts"
    ),
    "es": _Texts(
        "quiero XYZ123 por favor", "XYZ123 sigue libre?", "dejar XYZ123, estoy enfermo", "LISTA", "mis turnos"
    ),
    "fr": _Texts(
        "je prends XYZ123 svp",
        "XYZ123 est encore libre ?",
        "annule XYZ123, je suis malade",
        "LISTE",
        "mon planning",
    ),
    "de": _Texts(
        "ich nehme XYZ123 bitte",
        "ist XYZ123 noch frei?",
        "storno XYZ123, bin krank",
        "LISTE",
        "meine Schichten",
    ),
}


def _turns(texts: _Texts, language: str) -> tuple[Turn, ...]:
    """Returns the texts, and the replies to an employee with this language."""
    say = locale("shifts", language).say
    listed = "\n".join([say(Template.LIST), *(f"{code} {info}" for code, info in POST_SHIFTS)])
    free = say(Template.INFO_FREE, shift=NIGHT_LINE, free=1, seats=1, code="XYZ123")
    return (
        ann(texts.lists, listed),
        ann(texts.asks, free),
        ann(texts.books, say(Template.BOOKED, shifts=NIGHT_LINE)),
        ann(texts.own, f"{say(Template.MINE)}\n{NIGHT_LINE}"),
        ann(texts.drops, say(Template.SICK, shifts="XYZ123")),
    )


IN_OTHER_LANGUAGES = tuple(
    Dialogue(
        f"in other languages than {language}",
        tuple(
            turn for spoken, texts in _TEXTS.items() if spoken != language for turn in _turns(texts, language)
        ),
        employees={ANN: {"language": language}},
    )
    for language in _TEXTS
)


MIXED_LANGUAGES = (
    Dialogue(
        "words of several languages",
        (
            ann("hola, can i have XYZ123 svp", f"Booked: {NIGHT_LINE}"),
            ann("drop XYZ123, bin krank", "Get well soon! Given back: XYZ123"),
            ann("gracias!"),
        ),
    ),
)
