"""Lists dialogues with texts that are nearly a command: dictated codes, signatures, WAIT in words, a thumb up."""

from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, BOB, Dialogue, GivenShift, ann, bob

_CAFES = tuple(GivenShift(f"CAF{number}", f"café {number}") for number in range(1, 6))


def _near_forms(
    language: str, *, dictated: str, nearly: str, both: str, signed: tuple[str, ...], wait: str
) -> Dialogue:
    """Returns a dialogue of near forms in one language.

    Args:
        language: Ann's language.
        dictated: A text with CAF4 in words.
        nearly: A text with CAF3 nearly as dictated, with the words up to its number in `nearly`.
        both: A text that wants CAF1 and CAF2.
        signed: Texts with CAF5, a signature or a footer.
        wait: A text that puts Ann on the waiting list of CAF5.
    """
    say = locale("shifts", language).say
    *_, name, number = nearly.split()
    return Dialogue(
        f"near forms: {language}",
        (
            ann(dictated, say(Template.BOOKED, shifts="CAF4 café 4")),
            ann("👍"),
            ann(nearly, say(Template.DID_YOU_MEAN_ONE, typed=f"{name} {number}", shift="CAF3 café 3")),
            ann("👍", say(Template.BOOKED, shifts="CAF3 café 3")),
            ann(both, say(Template.BOOKED, shifts="CAF1 café 1, CAF2 café 2")),
            ann("👌"),
            ann(wait, say(Template.STILL_FREE, shifts="CAF5")),
            *(
                turn
                for text in signed
                for turn in (
                    ann(text, say(Template.BOOKED, shifts="CAF5 café 5")),
                    ann("DROP CAF5", say(Template.DROPPED, shifts="CAF5")),
                )
            ),
            bob("caf5", "Booked: CAF5 café 5"),
            ann(wait, say(Template.WAITING, shifts="CAF5")),
        ),
        given=_CAFES,
        taken={**{f"CAF{number}": ANN for number in range(1, 5)}, "CAF5": BOB},
        employees={ANN: {"language": language}},
    )


NEAR_FORMS = (
    _near_forms(
        "en",
        dictated="CAF four",
        nearly="the cafe three",
        both="caf1 and the caf2 one",
        signed=(
            "caf5 - Maria",
            "CAF5\nMike Jones",
            "caf5 please, sent from my phone",
            "CAF5\n\nSent from my iPhone",
        ),
        wait="put me on the list for caf5",
    ),
    _near_forms(
        "es",
        dictated="quiero el CAF cuatro",
        nearly="el cafe tres",
        both="caf1 y el de caf2",
        signed=("caf5 - María", "CAF5\nEnviado desde mi iPhone"),
        wait="ponme en la lista para caf5",
    ),
    _near_forms(
        "fr",
        dictated="CAF quatre",
        nearly="le cafe trois",
        both="caf1 et celui de caf2",
        signed=("caf5 - Sophie", "CAF5\nEnvoyé de mon iPhone"),
        wait="mets-moi sur la liste pour caf5",
    ),
    _near_forms(
        "de",
        dictated="die CAF vier",
        nearly="die cafe drei",
        both="caf1 und die caf2",
        signed=("caf5 - Lena", "CAF5\nVon meinem iPhone gesendet"),
        wait="setz mich auf die Liste für caf5",
    ),
    Dialogue(
        "words below a code that are no signature",
        (
            ann("caf5 - dentist", "Reply YES to book CAF5 café 5"),
            ann(
                "CAF5\nNot Maria",
                "Sorry, we did not get that. Reply only CAF5 to book it, DROP CAF5 to give it back",
            ),
            ann("CAF5 - Maria?", "Reply YES to book CAF5 café 5"),
            ann("caf5 sent from my boss", "Reply YES to book CAF5 café 5"),
        ),
        given=_CAFES,
    ),
    Dialogue(
        "a thumb up accepts what was offered",
        (
            ann("INFO CAF1", "CAF1 café 1\n1 of 1 free, reply CAF1 to book"),
            ann("👍", "Booked: CAF1 café 1"),
            ann("👍"),
        ),
        given=_CAFES,
        taken={"CAF1": ANN},
    ),
)
