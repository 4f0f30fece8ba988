"""Dialogues as tables: texts in, texts out, rows after.

The same tables run against the in-memory stores, against moto and against the deployed system.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

INVALID = "This is not a valid shift code, please reply by typing REQUEST to view the available shifts"

ANN, BOB, EVE = "+14255550101", "+14255550102", "+14255550199"
"""Ann and Bob are employees; Eve is a stranger."""

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


@dataclass(frozen=True)
class Dialogue:
    """``given`` shifts are open at the start; ``taken`` says who has which shift in the end, and no other is taken."""

    name: str
    turns: tuple[Turn, ...]
    given: tuple[tuple[str, str], ...] = POST
    taken: Mapping[str, str] = field(default_factory=dict)


def ann(text: str, *answers: str) -> Turn:
    """Ann texts and hears ``answers``."""
    return Turn(ANN, text, answers)


def bob(text: str, *answers: str) -> Turn:
    """Bob texts and hears ``answers``."""
    return Turn(BOB, text, answers)


def eve(text: str, *answers: str) -> Turn:
    """Eve texts and hears ``answers``."""
    return Turn(EVE, text, answers)


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
