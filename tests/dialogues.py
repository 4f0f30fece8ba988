"""Dialogues as tables: texts in, texts out, rows after.

The same tables run against the in-memory stores, against moto and against the deployed system.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

INVALID = "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"

ANN, BOB, EVE = "+14255550101", "+14255550102", "+14255550199"
"""Ann and Bob are employees; Eve is a stranger."""
GUS = "+14255550103"
"""Gus is on no roster; the settings approve his number, where opt-outs are talked about."""

NIGHT = ("XYZ123", "15/08 5h nightshift")
DAY = ("XYZ124", "18/08 3h dayshift")
LATE = ("XYZ125", "19/08 6h lateshift")
POST = (NIGHT, DAY, LATE)
"""The post's shifts, and one more."""


@dataclass(frozen=True)
class Turn:
    """One text and the answers it gets."""

    sender: str
    text: str
    answers: tuple[str, ...]
    sent: int | None = None
    """The minute in which it was sent, where texts overtake each other; otherwise each is sent after the one before."""


@dataclass(frozen=True)
class Dialogue:
    """``given`` shifts are open at the start; ``taken`` says who has which shift in the end, and no other is taken.

    ``opted_out`` is who wants no texts in the end, where opt-outs are talked about.
    """

    name: str
    turns: tuple[Turn, ...]
    given: tuple[tuple[str, str], ...] = POST
    taken: Mapping[str, str] = field(default_factory=dict)
    opted_out: frozenset[str] = frozenset()


def ann(text: str, *answers: str, sent: int | None = None) -> Turn:
    """Ann texts and hears ``answers``."""
    return Turn(ANN, text, answers, sent)


def bob(text: str, *answers: str) -> Turn:
    """Bob texts and hears ``answers``."""
    return Turn(BOB, text, answers)


def eve(text: str, *answers: str) -> Turn:
    """Eve texts and hears ``answers``."""
    return Turn(EVE, text, answers)


def gus(text: str, *answers: str) -> Turn:
    """Gus texts and hears ``answers``."""
    return Turn(GUS, text, answers)


BOOKED_NIGHT = "Booked: XYZ123 15/08 5h nightshift"
BOOKED_NIGHT_AND_DAY = "Booked: XYZ123 15/08 5h nightshift, XYZ124 18/08 3h dayshift"
OPEN = (
    "Reply a code to book:\nXYZ123 15/08 5h nightshift\nXYZ124 18/08 3h dayshift\nXYZ125 19/08 6h lateshift"
)

CLAIMING = (
    Dialogue("one code", (ann("XYZ123", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue("small letters and punctuation", (ann(" xyz123. ", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue("a trailing comma", (ann("XYZ123,", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue("full-width characters", (ann("ＸＹＺ１２３", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue("politeness around it", (ann("Hi, XYZ123 please!", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue(
        "own code again",
        (ann("XYZ123", BOOKED_NIGHT), ann("XYZ123", "Already yours: XYZ123 15/08 5h nightshift")),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "somebody else's code",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("XYZ123", "Sorry, XYZ123 is already taken. Reply REQUEST to view the available shifts"),
        ),
        taken={"XYZ123": ANN},
    ),
    *(
        Dialogue(
            f"two codes, separated by {name}",
            (ann(f"XYZ123{separator}XYZ124", BOOKED_NIGHT_AND_DAY),),
            taken={"XYZ123": ANN, "XYZ124": ANN},
        )
        for name, separator in (
            ("comma", ","),
            ("comma and space", ", "),
            ("space", " "),
            ("new line", "\n"),
            ("semicolon", ";"),
            ("and", " and "),
            ("And", ", And "),
        )
    ),
    Dialogue("the same code twice in one text", (ann("XYZ123 xyz123", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue(
        "one free, one taken, one unknown",
        (
            bob("XYZ124", "Booked: XYZ124 18/08 3h dayshift"),
            ann(
                "XYZ123, XYZ124, XYZ999",
                f"{BOOKED_NIGHT}\nAlready taken: XYZ124\nNot a shift code: XYZ999",
            ),
        ),
        taken={"XYZ123": ANN, "XYZ124": BOB},
    ),
    Dialogue(
        "taken and unknown",
        (
            bob("XYZ124", "Booked: XYZ124 18/08 3h dayshift"),
            ann("XYZ124 XYZ999", "Already taken: XYZ124\nNot a shift code: XYZ999"),
        ),
        taken={"XYZ124": BOB},
    ),
    Dialogue(
        "an id that the operator wrote in mixed case, with a dash",
        (
            ann("early-7", "Booked: Early-7 20/08 earlyshift"),
            bob("EARLY-7", "Sorry, Early-7 is already taken. Reply REQUEST to view the available shifts"),
        ),
        given=(("Early-7", "20/08 earlyshift"),),
        taken={"Early-7": ANN},
    ),
    Dialogue(
        "the dash left out",
        (ann("EARLY7", "Booked: Early-7 20/08 earlyshift"),),
        given=(("Early-7", "20/08 earlyshift"),),
        taken={"Early-7": ANN},
    ),
    Dialogue("a shift without info", (ann("A1", "Booked: A1"),), given=(("A1", ""),), taken={"A1": ANN}),
)

NOT_CLAIMING = (
    Dialogue("an unknown code", (ann("XYZ999", INVALID),)),
    Dialogue("two unknown codes", (ann("XYZ998, XYZ999", INVALID),)),
    Dialogue("nothing but words", (ann("what shifts do you have", INVALID),)),
    Dialogue("nothing", (ann("", INVALID), ann(" ?! ", INVALID))),
    Dialogue("a stranger's code", (eve("XYZ123"), ann("XYZ123", BOOKED_NIGHT)), taken={"XYZ123": ANN}),
    Dialogue("a stranger's REQUEST", (eve("REQUEST"),)),
    Dialogue(
        "carrier words", tuple(ann(word) for word in ("STOP", "stop.", "Help", "UNSUBSCRIBE", "Cancel"))
    ),
)

LISTING = (
    Dialogue("REQUEST", (ann("REQUEST", OPEN),)),
    Dialogue("Request.", (ann(" Request. ", OPEN),)),
    Dialogue(
        "REQUEST after a booking",
        (
            ann("XYZ124 XYZ125", "Booked: XYZ124 18/08 3h dayshift, XYZ125 19/08 6h lateshift"),
            bob("request", "Reply a code to book:\nXYZ123 15/08 5h nightshift"),
        ),
        taken={"XYZ124": ANN, "XYZ125": ANN},
    ),
    Dialogue("nothing open", (ann("REQUEST", "No shifts are available right now"),), given=()),
    Dialogue("MORE without a list", (ann("MORE", OPEN),)),
    Dialogue("REQUEST and a code is a claim", (ann("request XYZ123", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue(
        "a typographic apostrophe in the info costs nothing extra",
        (ann("A1", "Booked: A1 Mike's bar"),),
        given=(("A1", "Mike\u2019s bar"),),
        taken={"A1": ANN},
    ),
)

WITHOUT_CONNECT = (
    Dialogue("AGENT where Connect is off", (ann("AGENT", INVALID), ann("agent please call", INVALID))),
)

CALLING = "Thank you, an agent will call you shortly"
WITH_CONNECT = (
    Dialogue("AGENT", (ann("AGENT", CALLING),)),
    Dialogue("agent with words", (ann("agent, I lost my badge", CALLING),)),
    Dialogue("agents is not AGENT", (ann("Agents A1", INVALID),)),
)

EVERYWHERE = CLAIMING + NOT_CLAIMING + LISTING

GOODBYE = "You will get no more texts from us. Reply START to get them again"
WELCOME = "You will get texts about open shifts again. Reply STOP to end them"
HELP = "Texts about open shifts: reply a code to book, REQUEST for the list, STOP to end them"

SELF_MANAGED_OPT_OUTS = (
    Dialogue("STOP", (ann("STOP", GOODBYE),), opted_out=frozenset({ANN})),
    *(
        Dialogue(f"{word} is STOP", (ann(word, GOODBYE),), opted_out=frozenset({ANN}))
        for word in ("stop.", "Stop texting me", "UNSUBSCRIBE", "opt-out", "Cancel", "END", "quit", "arret")
    ),
    Dialogue(
        "STOP again and again",
        (ann("STOP", GOODBYE), ann("STOP"), ann("stop it!")),
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "nothing is heard or booked after STOP",
        (ann("STOP", GOODBYE), ann("XYZ123"), ann("REQUEST"), ann("hello"), ann("AGENT")),
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "START after STOP",
        (ann("STOP", GOODBYE), ann("XYZ123"), ann("START", WELCOME), ann("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "STOP, START, STOP",
        (ann("STOP", GOODBYE), ann("unstop", WELCOME), ann("STOP", GOODBYE)),
        opted_out=frozenset({ANN}),
    ),
    Dialogue("START of somebody who never left", (ann("START", WELCOME), ann("XYZ999", INVALID))),
    Dialogue("HELP", (ann("HELP", HELP), ann("help me", HELP))),
    Dialogue("HELP after STOP", (ann("STOP", GOODBYE), ann("HELP")), opted_out=frozenset({ANN})),
    Dialogue(
        "a STOP is overtaken by a later START",
        (ann("START", WELCOME, sent=2), ann("STOP", sent=1), ann("XYZ123", BOOKED_NIGHT, sent=3)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "a START is overtaken by a later STOP",
        (ann("STOP", GOODBYE, sent=2), ann("START", sent=1), ann("XYZ123", sent=3)),
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "a START between two STOPs comes last",
        (ann("STOP", GOODBYE, sent=1), ann("STOP", sent=3), ann("START", WELCOME, sent=4)),
    ),
    Dialogue(
        "one person's STOP is nobody else's",
        (ann("STOP", GOODBYE), bob("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": BOB},
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "a stranger's STOP is noted, and makes her no employee",
        (eve("STOP"), eve("XYZ123"), eve("HELP")),
        opted_out=frozenset({EVE}),
    ),
    Dialogue(
        "a stranger's START makes her no employee either",
        (eve("START"), eve("STOP"), eve("START"), eve("XYZ123")),
    ),
    Dialogue(
        "an approved number without a row",
        (
            gus("HELP", HELP),
            gus("STOP", GOODBYE),
            gus("XYZ123"),
            gus("START", WELCOME),
            gus("XYZ123", BOOKED_NIGHT),
        ),
        taken={"XYZ123": GUS},
    ),
)
"""Where the number hands STOP and HELP to us."""

OPT_OUTS_OF_THE_SERVICE = (
    Dialogue("STOP", (ann("STOP"), ann("STOP")), opted_out=frozenset({ANN})),
    Dialogue("START after STOP", (ann("STOP"), ann("START"))),
    Dialogue("HELP", (ann("HELP"),)),
    Dialogue("STOP overtaken by START", (ann("START", sent=2), ann("STOP", sent=1))),
    Dialogue(
        "START overtaken by STOP", (ann("STOP", sent=2), ann("START", sent=1)), opted_out=frozenset({ANN})
    ),
    Dialogue("a stranger's STOP", (eve("STOP"), eve("XYZ123")), opted_out=frozenset({EVE})),
    Dialogue("an approved number's STOP", (gus("STOP"),), opted_out=frozenset({GUS})),
    Dialogue(
        "an answer gets through to somebody who left: the service knows that she is back",
        (ann("STOP"), ann("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
    ),
)
"""Where the service answers STOP, START and HELP, and we see them all the same."""
