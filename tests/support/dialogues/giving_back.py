"""Lists dialogues in which employees say in their own words that they cannot work a shift."""

from shift_sms_runtime.language.locale import Template
from shift_sms_runtime.language.locale_files import locale
from tests.support.dialogues.dialogue import ANN, BOB, Dialogue, GivenShift, ann, bob
from tests.support.dialogues.replies import (
    BOOKED_NIGHT,
    FREE_TEXT,
    NIGHT_LINE,
    OFFERED_NIGHT,
    ONE_TAKEN,
    UNCLEAR_NIGHT,
    WAITING_NIGHT,
    WHICH_SHIFT,
)

_CANNOT_MAKE_NIGHT = "Can't make XYZ123? Reply DROP XYZ123 and we will offer it to others"
_SICK = "Get well soon! Given back: XYZ123"
_WHICH_IS_SICK = "Get well soon! Which one? Reply SICK and the code. Your shifts: {}"
_SICK_WITHOUT_SHIFT = "Get well soon! We will get back to you"


def _in_words(
    language: str, *, drops: tuple[str, ...], sick: tuple[str, ...], asks: tuple[str, ...]
) -> Dialogue:
    """Returns a dialogue in which Ann books a shift before each text that gives it back, and none changes twice.

    Args:
        language: Ann's language.
        drops: Texts that give the shift back.
        sick: Texts that give it back because of sickness.
        asks: Texts to which the system replies with one question.
    """
    say = locale("shifts", language).say
    booked = say(Template.BOOKED, shifts=NIGHT_LINE)
    return Dialogue(
        f"giving a shift back in words: {language}",
        (
            ann("XYZ123", booked),
            *(ann(text, say(Template.CANNOT_MAKE, code="XYZ123")) for text in asks),
            *(
                turn
                for text in drops
                for turn in (ann(text, say(Template.DROPPED, shifts="XYZ123")), ann("XYZ123", booked))
            ),
            *(
                turn
                for text in sick
                for turn in (ann(text, say(Template.SICK, shifts="XYZ123")), ann("XYZ123", booked))
            ),
        ),
        taken={"XYZ123": ANN},
        employees={ANN: {"language": language}},
    )


GIVING_BACK = (
    _in_words(
        "en",
        drops=("i can't make it tomorrow, please drop xyz123", "can i give XYZ123 back? i'm ill"),
        sick=(
            "SICK XYZ123",
            "sick",
            "Drop xyz123, I'm sick 🤒",
            "need to cancel my XYZ123, throwing up all night",
            "I'm sick, can't do XYZ123",
            "so sorry, I'm sick, won't be in today",
            "XYZ123 🤒",
        ),
        asks=("can someone cover my xyz123", "i cant drop XYZ123", "I'm sick but will be there for XYZ123"),
    ),
    _in_words(
        "es",
        drops=("¿puedo devolver XYZ123? estoy malo",),
        sick=(
            "ENFERMO XYZ123",
            "estoy enferma",
            "cancela XYZ123, estoy enferma",
            "suelto XYZ123 tengo fiebre",
            "no puedo hacer XYZ123, estoy enfermo",
        ),
        asks=(
            "mi hijo está enfermo, llego tarde a XYZ123",
            "¿alguien puede cubrir mi XYZ123?",
            "no canceles XYZ123",
        ),
    ),
    _in_words(
        "fr",
        drops=("annule XYZ123", "est-ce que je peux rendre XYZ123 ? malade"),
        sick=(
            "MALADE XYZ123",
            "je suis malade",
            "je rends XYZ123, je suis malade",
            "je suis malade, je ne peux pas faire XYZ123",
        ),
        asks=(
            "je ne peux pas faire XYZ123",
            "quelqu'un peut me remplacer sur XYZ123 ?",
            "n'annule pas XYZ123",
        ),
    ),
    _in_words(
        "de",
        drops=("storno XYZ123", "kann ich XYZ123 abgeben? bin krank"),
        sick=(
            "KRANK XYZ123",
            "bin krank",
            "gebe XYZ123 ab, habe Fieber",
            "bin krank, kann XYZ123 nicht machen",
        ),
        asks=(
            "bin krank, komme aber trotzdem zu XYZ123",
            "kann jemand XYZ123 übernehmen?",
            "kein Storno XYZ123",
        ),
    ),
    Dialogue(
        "the waiting list gets a shift that is given back in words",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("XYZ123", ONE_TAKEN.format("XYZ123")),
            bob("put me on the list for xyz123", WAITING_NIGHT),
            ann("can't come to XYZ123", _CANNOT_MAKE_NIGHT),
            ann("sick, can't come to XYZ123", _SICK, texts_to_others=((BOB, OFFERED_NIGHT),)),
            bob("yes", BOOKED_NIGHT),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "who cannot work a shift is not asked to book it",
        (
            ann(
                "sorry can't do XYZ123",
                UNCLEAR_NIGHT,
            ),
            ann("yes", WHICH_SHIFT),
        ),
    ),
    Dialogue(
        "of two shifts, only the own ones can be given back",
        (
            ann("N1 N2", "Booked: N1 bar, N2 café"),
            ann("can't do N1 or N3", "Can't make N1? Reply DROP N1 and we will offer it to others"),
            ann("cant do N1, N2", "Can't make N1 N2? Reply DROP N1 N2 and we will offer it to others"),
            ann("im ill, cant do N1, N2, N3", "Get well soon! Given back: N1, N2"),
        ),
        given=(GivenShift("N1", "bar"), GivenShift("N2", "café"), GivenShift("N3", "kitchen")),
    ),
    Dialogue(
        "who cannot come names no shift",
        (
            ann("so sorry, won't be in today", FREE_TEXT),
            ann("XYZ123", BOOKED_NIGHT),
            ann("so sorry, won't be in today", _CANNOT_MAKE_NIGHT),
            ann("XYZ124", "Booked: XYZ124 18/08 3h dayshift"),
            ann(
                "so sorry, won't be in today",
                "Thank you, we will get back to you. Can't make a shift? Reply DROP and the code."
                " Your shifts: XYZ123, XYZ124",
            ),
            ann("i can't find the key to the bar", FREE_TEXT),
        ),
        taken={"XYZ123": ANN, "XYZ124": ANN},
    ),
    Dialogue(
        "who is sick names no shift",
        (
            ann("SICK", _SICK_WITHOUT_SHIFT),
            ann("so sorry, I'm sick, won't be in today", _SICK_WITHOUT_SHIFT),
            ann("N1 N2", "Booked: N1 bar (<start>), N2 café (<start>)"),
            ann("i'm sick, won't be in today", _WHICH_IS_SICK.format("N1, N2")),
            ann("SICK N9", _WHICH_IS_SICK.format("N1, N2")),
            ann("SICK N1", "Get well soon! Given back: N1"),
            ann("i'm sick, won't be in today", _WHICH_IS_SICK.format("N2")),
            ann("sick", "Get well soon! Given back: N2"),
            ann("SICK N2", "Not yours: N2"),
        ),
        given=(
            GivenShift("N1", "bar", starts_in=20, ends_in=24),
            GivenShift("N2", "café", starts_in=72, ends_in=76),
        ),
    ),
    Dialogue(
        "sick after the cut-off",
        (
            ann("N1", "Booked: N1 bar (<start>). Too late to give back by text"),
            ann("DROP N1", "Too late to give back by text: N1. Please contact your manager"),
            ann("SICK N1", "Get well soon! Given back: N1"),
            bob("N1", "Booked: N1 bar (<start>). Too late to give back by text"),
        ),
        given=(GivenShift("N1", "bar", starts_in=3, ends_in=7),),
        taken={"N1": BOB},
    ),
    Dialogue(
        "off the waiting list in words",
        (
            ann("WAIT XYZ123", WAITING_NIGHT),
            ann("take me off the waiting list for XYZ123", "Off the waiting list: XYZ123"),
        ),
        given=(GivenShift("XYZ123", "15/08 5h nightshift", status="taken", employee=BOB),),
        taken={"XYZ123": BOB},
    ),
)
