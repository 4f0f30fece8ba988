"""Lists dialogues about the booking policy: cut-offs, conflicts, roles, rest and hours."""

from tests.support.dialogues.dialogue import ANN, BOB, Dialogue, GivenShift, ann, bob

POLICY = (
    Dialogue(
        "past its deadline",
        (
            ann("N1", "Too late to book: N1"),
            ann("WAIT N1", "Too late to book: N1"),
            ann("INFO N1", "N1 soon\nToo late to book"),
            ann("REQUEST", "No shifts are available right now"),
        ),
        given=(GivenShift("N1", "soon", starts_in=5, respond_in=-1),),
    ),
    Dialogue(
        "started", (ann("N1", "Too late to book: N1"),), given=(GivenShift("N1", starts_in=-1, ends_in=3),)
    ),
    Dialogue(
        "cancelled",
        (ann("N1", "Canceled: N1"), ann("info N1", "N1 off\nCanceled")),
        given=(GivenShift("N1", "off", status="cancelled"),),
    ),
    Dialogue("on hold", (ann("N1", "Not open: N1"),), given=(GivenShift("N1", status="on hold"),)),
    Dialogue(
        "more codes than one text may have",
        (
            ann(
                " ".join(f"C{number:02}" for number in range(26)),
                "Booked: "
                + ", ".join(f"C{number:02}" for number in range(25))
                + "\nToo many codes in one text, please send these again: C25",
            ),
        ),
        given=tuple((f"C{number:02}", "") for number in range(26)),
        taken={f"C{number:02}": ANN for number in range(25)},
    ),
    Dialogue(
        "at the same time as a booked shift",
        (
            ann("N1 N2", "Booked: N1 early (<start>)\nN2 overlaps with your N1"),
            ann("N3", "Booked: N3 right after (<start>)"),
            bob("N2", "Booked: N2 late (<start>)"),
        ),
        given=(
            GivenShift("N1", "early", starts_in=20, ends_in=24),
            GivenShift("N2", "late", starts_in=23, ends_in=27),
            GivenShift("N3", "right after", starts_in=24, ends_in=26),
        ),
        taken={"N1": ANN, "N2": BOB, "N3": ANN},
    ),
    Dialogue(
        "no overlap once the other shift is given back",
        (
            ann("N1", "Booked: N1 early (<start>)"),
            ann("N2", "N2 overlaps with your N1"),
            ann("DROP N1", "Given back: N1"),
            ann("N2", "Booked: N2 late (<start>)"),
        ),
        given=(
            GivenShift("N1", "early", starts_in=20, ends_in=24),
            GivenShift("N2", "late", starts_in=23, ends_in=27),
        ),
        taken={"N2": ANN},
    ),
    Dialogue(
        "for a role",
        (
            ann("N1", "N1 is for Nurse only"),
            ann("REQUEST", "No shifts are available right now"),
            bob("REQUEST", "Reply with a code to book:\nN1 ward 3"),
            bob("yes", "Booked: N1 ward 3"),
        ),
        given=(GivenShift("N1", "ward 3", role="Nurse"),),
        taken={"N1": BOB},
        employees={BOB: {"roles": ["nurse", "driver"]}},
    ),
    Dialogue(
        "a code that is a command",
        (ann("MORE", "Reply with a code to book:\nAGENT7 x"), ann("AGENT7", "Booked: AGENT7 x")),
        given=(("MORE", "x"), ("AGENT7", "x")),
        taken={"AGENT7": ANN},
    ),
)


STRICT_POLICY = {"minimum_rest_hours": "11", "hours_per_week": "20"}
"""The settings of `STRICT`."""


STRICT = (
    Dialogue(
        "too little rest, before and after",
        (
            ann("N2", "Booked: N2 night (<start>)"),
            ann("N1", "Not enough rest between N1 and your N2"),
            ann("N3", "Not enough rest between N3 and your N2"),
            ann("WAIT N4", "Still free, reply with the code to book: N4"),
            ann("yes", "Booked: N4 rested (<start>)"),
        ),
        given=(
            GivenShift("N1", "day", starts_in=100, ends_in=104),
            GivenShift("N2", "night", starts_in=114, ends_in=120),
            GivenShift("N3", "early", starts_in=130.5, ends_in=133),
            GivenShift("N4", "rested", starts_in=131, ends_in=134),
        ),
        taken={"N2": ANN, "N4": ANN},
    ),
    Dialogue(
        "too many hours for any week",
        (
            ann("N1", "N1 would exceed your weekly hours"),
            ann("REQUEST", "Reply with a code to book:\nN1 endless"),
        ),
        given=(GivenShift("N1", "endless", starts_in=100, ends_in=100 + 14 * 24),),
    ),
)

INFORMING_POLICY = {"sick_calls": "inform"}
"""The settings of `INFORMING`."""

INFORMING = (
    Dialogue(
        "sick before and after the cut-off",
        (
            ann("N1", "Booked: N1 bar (<start>). Too late to give back by text"),
            *(
                ann(text, "Get well soon! We will get back to you about N1")
                for text in ("SICK N1", "i'm sick")
            ),
            ann("N2", "Booked: N2 café (<start>)"),
            ann("SICK N2", "Get well soon! Given back: N2"),
        ),
        given=(
            GivenShift("N1", "bar", starts_in=3, ends_in=7),
            GivenShift("N2", "café", starts_in=72, ends_in=76),
        ),
        taken={"N1": ANN},
    ),
)
