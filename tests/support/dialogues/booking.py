"""Lists dialogues about booking, listing and dropping shifts, and about calls."""

from tests.support.dialogues.dialogue import ANN, BOB, Dialogue, GivenShift, ann, bob, eve
from tests.support.dialogues.replies import BOOKED_NIGHT, BOOKED_NIGHT_AND_DAY, CALLING, INVALID, OPEN_SHIFTS

BOOKING = (
    Dialogue("one code", (ann("XYZ123", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue("small letters and punctuation", (ann(" xyz123. ", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue("a trailing comma", (ann("XYZ123,", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue("full-width characters", (ann("ＸＹＺ１２３", BOOKED_NIGHT),), taken={"XYZ123": ANN}),
    Dialogue(
        "polite words around the code", (ann("Hi, XYZ123 please!", BOOKED_NIGHT),), taken={"XYZ123": ANN}
    ),
    Dialogue(
        "own code again",
        (ann("XYZ123", BOOKED_NIGHT), ann("XYZ123", "Already yours: XYZ123 15/08 5h nightshift")),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "another employee's code",
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


NOT_BOOKING = (
    Dialogue("an unknown code", (ann("XYZ999", INVALID),)),
    Dialogue("two unknown codes", (ann("XYZ998, XYZ999", INVALID),)),
    Dialogue("nothing", (ann("", INVALID), ann(" ?! ", INVALID))),
    Dialogue("a stranger's code", (eve("XYZ123"), ann("XYZ123", BOOKED_NIGHT)), taken={"XYZ123": ANN}),
    Dialogue("a stranger's REQUEST", (eve("REQUEST"),)),
    Dialogue(
        "carrier keywords", tuple(ann(word) for word in ("STOP", "stop.", "Help", "UNSUBSCRIBE", "Cancel"))
    ),
)


LISTING = (
    Dialogue("REQUEST", (ann("REQUEST", OPEN_SHIFTS),)),
    Dialogue("Request.", (ann(" Request. ", OPEN_SHIFTS),)),
    Dialogue(
        "REQUEST after a booking",
        (
            ann("XYZ124 XYZ125", "Booked: XYZ124 18/08 3h dayshift, XYZ125 19/08 6h lateshift"),
            bob("request", "Reply with a code to book:\nXYZ123 15/08 5h nightshift"),
        ),
        taken={"XYZ124": ANN, "XYZ125": ANN},
    ),
    Dialogue(
        "REQUEST in other words",
        (ann("what shifts do you have?", OPEN_SHIFTS), ann("any open shifts pls", OPEN_SHIFTS)),
    ),
    Dialogue("nothing open", (ann("REQUEST", "No shifts are available right now"),), given=()),
    Dialogue("MORE without a list", (ann("MORE", OPEN_SHIFTS),)),
    Dialogue(
        "REQUEST and a code is a booking", (ann("request XYZ123", BOOKED_NIGHT),), taken={"XYZ123": ANN}
    ),
    Dialogue(
        "a typographic apostrophe in the info becomes a plain one",
        (ann("A1", "Booked: A1 Mike's bar"),),
        given=(("A1", "Mike\u2019s bar"),),
        taken={"A1": ANN},
    ),
)


AGENT_OFF = (Dialogue("AGENT if Connect is off", (ann("AGENT", INVALID), ann("agent please call", INVALID))),)
"""Under the setting `connect_enabled` = false."""


AGENT_ON = (
    Dialogue("AGENT", (ann("AGENT", CALLING),)),
    Dialogue("agent with words", (ann("agent, I lost my badge", CALLING),)),
    Dialogue(
        "DROP after the cut-off, with agents",
        (
            ann("N1", "Booked: N1 tonight (<start>). Too late to give back by text"),
            ann("DROP N1", "Too late to give back by text: N1. Reply AGENT to talk to us"),
        ),
        given=(GivenShift("N1", "tonight", starts_in=5, ends_in=9),),
        taken={"N1": ANN},
    ),
    Dialogue("agents is not AGENT", (ann("Agents A1", INVALID),)),
)


DROPPING = (
    Dialogue("DROP", (ann("XYZ123", BOOKED_NIGHT), ann("DROP XYZ123", "Given back: XYZ123"))),
    Dialogue(
        "DROP with polite words",
        (ann("XYZ123", BOOKED_NIGHT), ann("pls drop xyz-123, thanks!", "Given back: XYZ123")),
    ),
    Dialogue(
        "DROP of another employee's shift",
        (ann("XYZ123", BOOKED_NIGHT), bob("drop XYZ123", "Not yours: XYZ123")),
        taken={"XYZ123": ANN},
    ),
    Dialogue("DROP of an open shift", (ann("drop XYZ123", "Not yours: XYZ123"),)),
    Dialogue("DROP of an unknown code", (ann("drop XYZ999", INVALID),)),
    Dialogue(
        "DROP and book again",
        (
            ann("XYZ123", BOOKED_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123"),
            ann("XYZ123", BOOKED_NIGHT),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "DROP of two shifts, one of them not booked",
        (
            ann("XYZ123", BOOKED_NIGHT),
            ann("DROP XYZ123 XYZ124", "Given back: XYZ123\nNot yours: XYZ124"),
        ),
    ),
    Dialogue(
        "DROP without a code",
        (
            ann("drop", "You have no shifts. Reply REQUEST for open shifts"),
            ann("XYZ123", BOOKED_NIGHT),
            ann("drop", "Which one? Reply DROP and the code. Your shifts: XYZ123"),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "DROP after the cut-off",
        (
            ann("N1", "Booked: N1 tonight (<start>). Too late to give back by text"),
            ann("DROP N1", "Too late to give back by text: N1. Please contact your manager"),
        ),
        given=(GivenShift("N1", "tonight", starts_in=5, ends_in=9),),
        taken={"N1": ANN},
    ),
    Dialogue(
        "DROP before the cut-off",
        (ann("N1", "Booked: N1 later (<start>)"), ann("DROP N1", "Given back: N1")),
        given=(GivenShift("N1", "later", starts_in=20, ends_in=24),),
    ),
    Dialogue(
        "a refusal books and drops nothing",
        (
            ann(
                "sorry I can't do XYZ123",
                "Sorry, we did not get that. Reply only XYZ123 to book it, DROP XYZ123 to give it back",
            ),
        ),
    ),
)
