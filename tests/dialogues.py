"""Dialogues as tables: texts in, texts out, rows after.

The same tables run against the in-memory stores, against moto and against the deployed system.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shift_sms_runtime.adapters.catalogues import catalogue
from shift_sms_runtime.domain.catalogue import Reply
from shift_sms_runtime.domain.lexicon import WordClass, fold

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
    """One text and the answers it gets. ``<time>`` in an answer stands for a time of day."""

    sender: str
    text: str
    answers: tuple[str, ...]
    sent: int | None = None
    """The minute in which it was sent, where texts overtake each other; otherwise each is sent after the one before."""
    heard: tuple[tuple[str, str], ...] = ()
    """What others hear because of it: number and text."""


@dataclass(frozen=True)
class Given:
    """A shift at the start, with more than the post's attributes. ``starts_in`` and the like are hours from now."""

    shift_id: str
    info: str = ""
    starts_in: float | None = None
    ends_in: float | None = None
    respond_in: float | None = None
    seats: int | None = None
    role: str | None = None
    status: str = "available"
    employee: str | None = None
    waiting: tuple[str, ...] = ()

    def item(self, now: datetime) -> dict[str, Any]:
        """The item as an operator puts it up."""
        times = {"starts_at": self.starts_in, "ends_at": self.ends_in, "respond_by": self.respond_in}
        item = {
            "shift_id": self.shift_id,
            "shift_info": self.info or None,
            "shift_status": self.status,
            "employee": self.employee,
            "seats": self.seats,
            "role": self.role,
            "waiting_list": list(self.waiting) or None,
            **{
                name: (now + timedelta(hours=hours)).isoformat()
                for name, hours in times.items()
                if hours is not None
            },
        }
        return {name: value for name, value in item.items() if value is not None}


@dataclass(frozen=True)
class Dialogue:
    """``given`` shifts are open at the start; ``taken`` says who has which shift in the end, and no other is taken.

    ``opted_out`` is who wants no texts in the end, where opt-outs are talked about. ``people`` are attributes of
    employees, by number.
    """

    name: str
    turns: tuple[Turn, ...]
    given: tuple[tuple[str, str] | Given, ...] = POST
    taken: Mapping[str, str] = field(default_factory=dict)
    opted_out: frozenset[str] = frozenset()
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def items(self, now: datetime) -> list[dict[str, Any]]:
        """The shifts at the start, as an operator puts them up."""
        given = (one if isinstance(one, Given) else Given(*one) for one in self.given)
        return [one.item(now) for one in given]


def matches(text: str, expected: str) -> bool:
    """Whether a text is as a table says."""
    pattern = re.escape(expected).replace("<time>", r"\d\d:\d\d")
    return re.fullmatch(pattern, text) is not None


def ann(text: str, *answers: str, sent: int | None = None, heard: tuple[tuple[str, str], ...] = ()) -> Turn:
    """Ann texts and hears ``answers``."""
    return Turn(ANN, text, answers, sent, heard)


def bob(text: str, *answers: str, heard: tuple[tuple[str, str], ...] = ()) -> Turn:
    """Bob texts and hears ``answers``."""
    return Turn(BOB, text, answers, heard=heard)


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
            bob(
                "XYZ123",
                "Sorry, XYZ123 is already taken. Reply WAIT XYZ123 for the waiting list, REQUEST for open shifts",
            ),
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
            bob(
                "EARLY-7",
                "Sorry, Early-7 is already taken. Reply WAIT Early-7 for the waiting list, REQUEST for open shifts",
            ),
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
    Dialogue("asked for in words", (ann("what shifts do you have?", OPEN), ann("any open shifts pls", OPEN))),
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
    Dialogue(
        "DROP after the cut-off, where there are agents",
        (
            ann("N1", "Booked: N1 tonight"),
            ann("DROP N1", "Too late to give back by text: N1. Reply AGENT to talk to us"),
        ),
        given=(Given("N1", "tonight", starts_in=5, ends_in=9),),
        taken={"N1": ANN},
    ),
    Dialogue("agents is not AGENT", (ann("Agents A1", INVALID),)),
)

ONE_TAKEN = "Sorry, {0} is already taken. Reply WAIT {0} for the waiting list, REQUEST for open shifts"
WAITING_NIGHT = "On the waiting list: XYZ123. We text you when there is a seat"
OFFERED_NIGHT = "A seat is free: XYZ123 15/08 5h nightshift. Reply YES by <time> to have it, NO if not"
KEPT = "Thank you, a person will read this. Reply REQUEST for open shifts"
WHICH = "Which shift? Reply its code, or REQUEST for the list"
NIGHT_LINE = "XYZ123 15/08 5h nightshift"
ASKED_BACK_NIGHT = "Sorry, we did not get that. Reply only XYZ123 to book it, DROP XYZ123 to give it back"

DROPPING = (
    Dialogue("DROP", (ann("XYZ123", BOOKED_NIGHT), ann("DROP XYZ123", "Given back: XYZ123"))),
    Dialogue(
        "DROP in one's own way",
        (ann("XYZ123", BOOKED_NIGHT), ann("pls drop xyz-123, thanks!", "Given back: XYZ123")),
    ),
    Dialogue(
        "DROP of somebody else's",
        (ann("XYZ123", BOOKED_NIGHT), bob("drop XYZ123", "Not yours: XYZ123")),
        taken={"XYZ123": ANN},
    ),
    Dialogue("DROP of an open one", (ann("drop XYZ123", "Not yours: XYZ123"),)),
    Dialogue("DROP of none", (ann("drop XYZ999", INVALID),)),
    Dialogue(
        "DROP and book again",
        (ann("XYZ123", BOOKED_NIGHT), ann("DROP XYZ123", "Given back: XYZ123"), ann("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "DROP of two, one of them not theirs",
        (ann("XYZ123", BOOKED_NIGHT), ann("DROP XYZ123 XYZ124", "Given back: XYZ123\nNot yours: XYZ124")),
    ),
    Dialogue(
        "DROP without a code",
        (
            ann("drop", "You have no shifts. Reply REQUEST for open shifts"),
            ann("XYZ123", BOOKED_NIGHT),
            ann("drop", "Which one? Reply DROP and its code. Yours: XYZ123"),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "DROP after the cut-off",
        (
            ann("N1", "Booked: N1 tonight"),
            ann("DROP N1", "Too late to give back by text: N1. Please contact your manager"),
        ),
        given=(Given("N1", "tonight", starts_in=5, ends_in=9),),
        taken={"N1": ANN},
    ),
    Dialogue(
        "DROP before the cut-off",
        (ann("N1", "Booked: N1 later"), ann("DROP N1", "Given back: N1")),
        given=(Given("N1", "later", starts_in=20, ends_in=24),),
    ),
    Dialogue(
        "refusing is no claim, and no DROP",
        (
            ann(
                "sorry I can't do XYZ123",
                "Sorry, we did not get that. Reply only XYZ123 to book it, DROP XYZ123 to give it back",
            ),
        ),
    ),
)

WAITING = (
    Dialogue(
        "WAIT, and YES when it is offered",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("XYZ123", ONE_TAKEN.format("XYZ123")),
            bob("WAIT XYZ123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", heard=((BOB, OFFERED_NIGHT),)),
            bob("Yes please", BOOKED_NIGHT),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "WAIT, and the code when it is offered",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("wait xyz123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", heard=((BOB, OFFERED_NIGHT),)),
            bob("XYZ123", BOOKED_NIGHT),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "OK, thanks takes a seat that is held for whoever says so",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("wait xyz123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", heard=((BOB, OFFERED_NIGHT),)),
            bob("ok thanks!", BOOKED_NIGHT),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "what is offered to one is not free for another",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("wait xyz123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", heard=((BOB, OFFERED_NIGHT),)),
            ann("XYZ123", ONE_TAKEN.format("XYZ123")),
            ann("WAIT XYZ123", WAITING_NIGHT),
            bob("NO", "Thank you, we ask the next one: XYZ123", heard=((ANN, OFFERED_NIGHT),)),
            ann("ok", BOOKED_NIGHT),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "WAIT twice, and off the list again",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("WAIT XYZ123", WAITING_NIGHT),
            bob("WAIT XYZ123", "Already on the waiting list: XYZ123"),
            bob("DROP XYZ123", "Off the waiting list: XYZ123"),
            ann("DROP XYZ123", "Given back: XYZ123"),
        ),
    ),
    Dialogue(
        "WAIT for what is free, then YES",
        (ann("WAIT XYZ123", "Still free, reply the code to book: XYZ123"), ann("YES", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "WAIT for one's own",
        (ann("XYZ123", BOOKED_NIGHT), ann("WAIT XYZ123", f"Already yours: {NIGHT_LINE}")),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "WAIT where a hundred wait",
        (ann("WAIT N1", "Sorry, the waiting list is full: N1"),),
        given=(
            Given(
                "N1",
                status="taken",
                employee=BOB,
                waiting=tuple(f"+1425556{number:04}" for number in range(100)),
            ),
        ),
        taken={"N1": BOB},
    ),
    Dialogue("WAIT for nothing", (ann("wait", WHICH), ann("WAIT XYZ999", INVALID))),
)

SEATS = (
    Dialogue(
        "two seats, three people",
        (
            ann("N1", "Booked: N1 inventory"),
            bob("N1", "Booked: N1 inventory"),
            ann("N1", "Already yours: N1 inventory"),
        ),
        given=(Given("N1", "inventory", seats=2),),
        taken={"N1": ""},
    ),
    Dialogue(
        "a seat of several is given back",
        (
            ann("N1", "Booked: N1 inventory"),
            bob("N1", "Booked: N1 inventory"),
            ann("drop n1", "Given back: N1"),
            ann("info n1", "N1 inventory\n1 of 2 free, reply N1 to book"),
            bob("info n1", "N1 inventory\nYours"),
        ),
        given=(Given("N1", "inventory", seats=2),),
    ),
)

RULES = (
    Dialogue(
        "past its deadline",
        (
            ann("N1", "Too late to book: N1"),
            ann("WAIT N1", "Too late to book: N1"),
            ann("INFO N1", "N1 soon\nToo late to book"),
            ann("REQUEST", "No shifts are available right now"),
        ),
        given=(Given("N1", "soon", starts_in=5, respond_in=-1),),
    ),
    Dialogue("started", (ann("N1", "Too late to book: N1"),), given=(Given("N1", starts_in=-1, ends_in=3),)),
    Dialogue(
        "cancelled",
        (ann("N1", "Cancelled: N1"), ann("info N1", "N1 off\nCancelled")),
        given=(Given("N1", "off", status="cancelled"),),
    ),
    Dialogue("kept back", (ann("N1", "Not open: N1"),), given=(Given("N1", status="on hold"),)),
    Dialogue(
        "more codes than one text may have",
        (
            ann(
                " ".join(f"C{number:02}" for number in range(26)),
                "Booked: "
                + ", ".join(f"C{number:02}" for number in range(25))
                + "\nToo many codes for one text, please send again: C25",
            ),
        ),
        given=tuple((f"C{number:02}", "") for number in range(26)),
        taken={f"C{number:02}": ANN for number in range(25)},
    ),
    Dialogue(
        "at the same time as one's own",
        (
            ann("N1 N2", "Booked: N1 early\nN2 overlaps with your N1"),
            ann("N3", "Booked: N3 right after"),
            bob("N2", "Booked: N2 late"),
        ),
        given=(
            Given("N1", "early", starts_in=20, ends_in=24),
            Given("N2", "late", starts_in=23, ends_in=27),
            Given("N3", "right after", starts_in=24, ends_in=26),
        ),
        taken={"N1": ANN, "N2": BOB, "N3": ANN},
    ),
    Dialogue(
        "overlapping no more once the other is given back",
        (
            ann("N1", "Booked: N1 early"),
            ann("N2", "N2 overlaps with your N1"),
            ann("DROP N1", "Given back: N1"),
            ann("N2", "Booked: N2 late"),
        ),
        given=(
            Given("N1", "early", starts_in=20, ends_in=24),
            Given("N2", "late", starts_in=23, ends_in=27),
        ),
        taken={"N2": ANN},
    ),
    Dialogue(
        "for a role",
        (
            ann("N1", "Not for your role: N1"),
            ann("REQUEST", "No shifts are available right now"),
            bob("REQUEST", "Reply a code to book:\nN1 ward 3"),
            bob("yes", "Booked: N1 ward 3"),
        ),
        given=(Given("N1", "ward 3", role="Nurse"),),
        taken={"N1": BOB},
        people={BOB: {"roles": ["nurse", "driver"]}},
    ),
    Dialogue(
        "a code that is a command",
        (ann("MORE", "Reply a code to book:\nAGENT7 x"), ann("AGENT7", "Booked: AGENT7 x")),
        given=(("MORE", "x"), ("AGENT7", "x")),
        taken={"AGENT7": ANN},
    ),
)

ASKING = (
    Dialogue(
        "MINE",
        (
            ann("MINE", "You have no shifts. Reply REQUEST for open shifts"),
            ann("XYZ124 XYZ123", "Booked: XYZ124 18/08 3h dayshift, XYZ123 15/08 5h nightshift"),
            ann("my shifts?", f"Yours:\n{NIGHT_LINE}\nXYZ124 18/08 3h dayshift"),
            bob("mine", "You have no shifts. Reply REQUEST for open shifts"),
        ),
        taken={"XYZ123": ANN, "XYZ124": ANN},
    ),
    Dialogue(
        "INFO",
        (
            ann("INFO XYZ123", f"{NIGHT_LINE}\n1 of 1 free, reply XYZ123 to book"),
            ann("is XYZ123 still open?", f"{NIGHT_LINE}\n1 of 1 free, reply XYZ123 to book"),
            ann("ok", BOOKED_NIGHT),
            bob("when is XYZ123?", f"{NIGHT_LINE}\nTaken, reply WAIT XYZ123 for the waiting list"),
            bob("info", WHICH),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "YES to nothing in particular",
        (ann("yes", WHICH), ann("REQUEST", OPEN), ann("ok", WHICH)),
    ),
    Dialogue(
        "NO after a booking changes nothing, and does not say otherwise",
        (
            ann("XYZ123", BOOKED_NIGHT),
            ann("no", "OK, nothing has changed. Reply REQUEST for open shifts, MINE for yours"),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "NO to nothing in particular",
        (ann("no thanks", "OK, nothing has changed. Reply REQUEST for open shifts, MINE for yours"),),
    ),
    Dialogue(
        "thanks want no answer",
        (ann("XYZ123", BOOKED_NIGHT), ann("thanks!"), ann("ok thank you")),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "OK, thanks may be no more than thanks for what was said",
        (
            ann("INFO XYZ123", f"{NIGHT_LINE}\n1 of 1 free, reply XYZ123 to book"),
            ann("ok thanks", ASKED_BACK_NIGHT),
            ann("XYZ12E", f"There is no XYZ12E. Did you mean {NIGHT_LINE}? Reply YES to book it"),
            ann("👍 great", ASKED_BACK_NIGHT),
            ann("WAIT XYZ123", "Still free, reply the code to book: XYZ123"),
            ann("Yes, thanks!", BOOKED_NIGHT),
            ann("ok, cheers"),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "OK, thanks to a list of one",
        (
            ann("REQUEST", f"Reply a code to book:\n{NIGHT_LINE}"),
            ann("okay ta", ASKED_BACK_NIGHT),
            ann("REQUEST", f"Reply a code to book:\n{NIGHT_LINE}"),
            ann("sure, thanks", BOOKED_NIGHT),
        ),
        given=(NIGHT,),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "nearly a code",
        (
            ann("XYZ12E?", f"There is no XYZ12E. Did you mean {NIGHT_LINE}? Reply YES to book it"),
            ann("YES", BOOKED_NIGHT),
            bob("XYZ12", "There is no XYZ12. Did you mean XYZ124, XYZ125? Reply the code to book"),
            bob("XYZ912", INVALID),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "whole words only",
        (ann("not sure", KEPT), ann("nobody told me where the key is", KEPT), ann("requesting leave", KEPT)),
    ),
    Dialogue(
        "a greeting",
        (
            ann(
                "hello",
                "Reply a shift code to book it, REQUEST for open shifts, MINE for yours,"
                " DROP and a code to give it back",
            ),
        ),
    ),
)


def speaking(language: str, vocabulary: str = "shifts") -> Dialogue:
    """Everything that can be said, in one language: Ann speaks it, Bob does not."""
    own, english = catalogue(vocabulary, language), catalogue(vocabulary, "en")
    say = own.say

    def word(kind: WordClass) -> str:
        """The word that people are told; it is the first that the replies name."""
        told = re.findall(r"\b[A-Z\u00c0-\u00dc]{2,}\b", " ".join(own.replies.values()))
        return str(next(one for one in told if kind in own.lexicon.kinds(fold(one))))

    offered = say(Reply.OFFER, shift=NIGHT_LINE, time="<time>")
    listed = "\n".join([say(Reply.LIST), *(f"{code} {info}" for code, info in POST)])
    return Dialogue(
        f"{vocabulary} in {language}",
        (
            ann(word(WordClass.LIST), listed),
            ann("request", listed),
            ann("INFO XYZ123", say(Reply.INFO_FREE, shift=NIGHT_LINE, free=1, seats=1, code="XYZ123")),
            ann("XYZ123", say(Reply.BOOKED, shifts=NIGHT_LINE)),
            ann("xyz123", say(Reply.ALREADY_YOURS, shifts=NIGHT_LINE)),
            ann("XYZ999", say(Reply.INVALID_CODE)),
            ann("MINE", f"{say(Reply.MINE)}\n{NIGHT_LINE}"),
            ann(f"{word(WordClass.DROP)} XYZ123", say(Reply.DROPPED, shifts="XYZ123")),
            bob("XYZ123", english.say(Reply.BOOKED, shifts=NIGHT_LINE)),
            ann("XYZ123", say(Reply.ONE_TAKEN, code="XYZ123")),
            ann(f"{word(WordClass.WAIT)} XYZ123", say(Reply.WAITING, shifts="XYZ123")),
            bob("drop XYZ123", english.say(Reply.DROPPED, shifts="XYZ123"), heard=((ANN, offered),)),
            ann(word(WordClass.NO), say(Reply.DECLINED, shifts="XYZ123")),
            ann(word(WordClass.NO), say(Reply.NOTHING_CHANGED)),
            ann(word(WordClass.YES), say(Reply.WHICH_SHIFT)),
        ),
        people={ANN: {"language": language}},
    )


LANGUAGES = tuple(speaking(language) for language in ("en", "es", "fr", "de"))
APPOINTMENTS = tuple(speaking(language, "appointments") for language in ("en", "es", "fr", "de"))
"""With the setting ``vocabulary`` = ``appointments``."""

STRICT_RULES = {"minimum_rest_hours": "11", "hours_per_week": "20"}
"""Settings under which ``STRICT`` holds."""
STRICT = (
    Dialogue(
        "too little rest, before and after",
        (
            ann("N2", "Booked: N2 night"),
            ann("N1", "N1 leaves too little rest beside your N2"),
            ann("N3", "N3 leaves too little rest beside your N2"),
            ann("WAIT N4", "Still free, reply the code to book: N4"),
            ann("yes", "Booked: N4 rested"),
        ),
        given=(
            Given("N1", "day", starts_in=100, ends_in=104),
            Given("N2", "night", starts_in=114, ends_in=120),
            Given("N3", "early", starts_in=130.5, ends_in=133),
            Given("N4", "rested", starts_in=131, ends_in=134),
        ),
        taken={"N2": ANN, "N4": ANN},
    ),
    Dialogue(
        "too many hours for any week",
        (
            ann("N1", "N1 would be more than your hours of the week"),
            ann("REQUEST", "Reply a code to book:\nN1 endless"),
        ),
        given=(Given("N1", "endless", starts_in=100, ends_in=100 + 14 * 24),),
    ),
)

CONVERSING = DROPPING + WAITING + SEATS + RULES + ASKING + LANGUAGES
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
)
"""Where the service answers STOP, START and HELP, and we see them all the same."""

TABLES = (
    EVERYWHERE
    + CONVERSING
    + STRICT
    + APPOINTMENTS
    + WITH_CONNECT
    + WITHOUT_CONNECT
    + SELF_MANAGED_OPT_OUTS
    + OPT_OUTS_OF_THE_SERVICE
)
"""All of them."""
