"""Lists dialogues about texts that name a shift and are not understood."""

from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, BOB, NIGHT, Dialogue, GivenShift, ann, bob
from tests.support.dialogues.replies import BOOKED_NIGHT, NIGHT_LINE, UNCLEAR_NIGHT

_BOOK_NIGHT = f"Reply YES to book {NIGHT_LINE}"
_NIGHT_IS_YOURS = "Thank you, we will get back to you. XYZ123 is yours, reply DROP XYZ123 to give it back"


def _not_understood(language: str, text: str, yes: str) -> Dialogue:
    """Returns a dialogue in which a text with a code is not understood, before and after its sender books."""
    say = locale("shifts", language).say
    return Dialogue(
        f"a code in a text that is not understood: {language}",
        (
            ann(text, say(Template.UNCLEAR_BOOKABLE, shift=NIGHT_LINE)),
            ann(yes, say(Template.BOOKED, shifts=NIGHT_LINE)),
            ann(text, say(Template.UNCLEAR_YOURS, code="XYZ123")),
            ann(yes, say(Template.WHICH_SHIFT)),
        ),
        taken={"XYZ123": ANN},
        employees={ANN: {"language": language}},
    )


CODES_IN_TEXTS = (
    _not_understood("en", "the trainer told me about XYZ123", "yes"),
    _not_understood("es", "el encargado me habló de XYZ123", "sí"),
    _not_understood("fr", "le chef m'a parlé de XYZ123", "oui"),
    _not_understood("de", "der Trainer hat mir von XYZ123 erzählt", "ja"),
    Dialogue(
        "NO to a shift that was not meant",
        (
            ann("the trainer told me about XYZ123", _BOOK_NIGHT),
            ann("no", "OK, nothing has changed. Reply REQUEST for open shifts, MINE for yours"),
        ),
    ),
    Dialogue(
        "thanks do not book a shift that was not meant",
        (ann("the trainer told me about XYZ123", _BOOK_NIGHT), ann("ok thanks", UNCLEAR_NIGHT)),
    ),
    Dialogue(
        "a taken shift in a text that is not understood",
        (
            bob("XYZ123", BOOKED_NIGHT),
            ann("the trainer told me about XYZ123", UNCLEAR_NIGHT),
            bob("the trainer told me about XYZ123", _NIGHT_IS_YOURS),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "two codes in a text that is not understood",
        (
            ann("the trainer likes XYZ123 and XYZ124", UNCLEAR_NIGHT),
            ann("XYZ123", BOOKED_NIGHT),
            ann(
                "the trainer likes XYZ123 and XYZ124",
                "Sorry, we did not get that. Reply only XYZ124 to book it, DROP XYZ124 to give it back",
            ),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "a long description is left out of the question",
        (ann("the trainer told me about N1", "Reply YES to book N1"), ann("YES", "Booked: N1")),
        given=(GivenShift("N1", "x" * 150), NIGHT),
        taken={"N1": ANN},
    ),
)
