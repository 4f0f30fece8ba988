"""Lists dialogues about waiting lists, offers and several seats."""

from tests.support.dialogues.dialogue import ANN, BOB, Dialogue, GivenShift, ann, bob
from tests.support.dialogues.replies import (
    BOOKED_NIGHT,
    INVALID,
    NIGHT_LINE,
    OFFERED_NIGHT,
    ONE_TAKEN,
    WAITING_NIGHT,
    WHICH_SHIFT,
)

WAITING = (
    Dialogue(
        "WAIT, and YES when it is offered",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("XYZ123", ONE_TAKEN.format("XYZ123")),
            bob("WAIT XYZ123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", texts_to_others=((BOB, OFFERED_NIGHT),)),
            bob("Yes please", BOOKED_NIGHT),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "WAIT, and the code when it is offered",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("wait xyz123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", texts_to_others=((BOB, OFFERED_NIGHT),)),
            bob("XYZ123", BOOKED_NIGHT),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "OK, thanks takes a seat that is held for the sender",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("wait xyz123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", texts_to_others=((BOB, OFFERED_NIGHT),)),
            bob("ok thanks!", BOOKED_NIGHT),
        ),
        taken={"XYZ123": BOB},
    ),
    Dialogue(
        "a seat offered to one employee is not free for another",
        (
            ann("XYZ123", BOOKED_NIGHT),
            bob("wait xyz123", WAITING_NIGHT),
            ann("DROP XYZ123", "Given back: XYZ123", texts_to_others=((BOB, OFFERED_NIGHT),)),
            ann("XYZ123", ONE_TAKEN.format("XYZ123")),
            ann("WAIT XYZ123", WAITING_NIGHT),
            bob(
                "NO",
                "Thank you, we will ask the next person: XYZ123",
                texts_to_others=((ANN, OFFERED_NIGHT),),
            ),
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
        "WAIT for a free shift, then YES",
        (ann("WAIT XYZ123", "Still free, reply with the code to book: XYZ123"), ann("YES", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "WAIT for a booked shift",
        (ann("XYZ123", BOOKED_NIGHT), ann("WAIT XYZ123", f"Already yours: {NIGHT_LINE}")),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "WAIT for a shift with a full waiting list",
        (ann("WAIT N1", "Sorry, the waiting list is full: N1"),),
        given=(
            GivenShift(
                "N1",
                status="taken",
                employee=BOB,
                waiting=tuple(f"+1425556{number:04}" for number in range(100)),
            ),
        ),
        taken={"N1": BOB},
    ),
    Dialogue("WAIT for nothing", (ann("wait", WHICH_SHIFT), ann("WAIT XYZ999", INVALID))),
)


SEATS = (
    Dialogue(
        "two seats, three people",
        (
            ann("N1", "Booked: N1 inventory"),
            bob("N1", "Booked: N1 inventory"),
            ann("N1", "Already yours: N1 inventory"),
        ),
        given=(GivenShift("N1", "inventory", seats=2),),
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
        given=(GivenShift("N1", "inventory", seats=2),),
    ),
)
