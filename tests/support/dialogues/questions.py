"""Lists dialogues about questions, thanks and unclear texts."""

from tests.support.dialogues.dialogue import ANN, NIGHT, Dialogue, ann, bob
from tests.support.dialogues.replies import (
    BOOKED_NIGHT,
    FREE_TEXT,
    INVALID,
    NIGHT_LINE,
    OPEN_SHIFTS,
    UNCLEAR_NIGHT,
    WHICH_SHIFT,
)

ASKING = (
    Dialogue(
        "MINE",
        (
            ann("MINE", "You have no shifts. Reply REQUEST for open shifts"),
            ann("XYZ124 XYZ123", "Booked: XYZ124 18/08 3h dayshift, XYZ123 15/08 5h nightshift"),
            ann("my shifts?", f"Your shifts:\n{NIGHT_LINE}\nXYZ124 18/08 3h dayshift"),
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
            bob("info", WHICH_SHIFT),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "YES without an offer",
        (ann("yes", WHICH_SHIFT), ann("REQUEST", OPEN_SHIFTS), ann("ok", WHICH_SHIFT)),
    ),
    Dialogue(
        "NO after a booking changes nothing",
        (
            ann("XYZ123", BOOKED_NIGHT),
            ann("no", "OK, nothing has changed. Reply REQUEST for open shifts, MINE for yours"),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "NO without an offer",
        (ann("no thanks", "OK, nothing has changed. Reply REQUEST for open shifts, MINE for yours"),),
    ),
    Dialogue(
        "thanks get no reply",
        (ann("XYZ123", BOOKED_NIGHT), ann("thanks!"), ann("ok thank you")),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "OK, thanks may only acknowledge a text",
        (
            ann("INFO XYZ123", f"{NIGHT_LINE}\n1 of 1 free, reply XYZ123 to book"),
            ann("ok thanks", UNCLEAR_NIGHT),
            ann("XYZ12E", f"There is no XYZ12E. Did you mean {NIGHT_LINE}? Reply YES to book it"),
            ann("👍 great", UNCLEAR_NIGHT),
            ann("WAIT XYZ123", "Still free, reply with the code to book: XYZ123"),
            ann("Yes, thanks!", BOOKED_NIGHT),
            ann("ok, cheers"),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "OK, thanks to a list of one",
        (
            ann("REQUEST", f"Reply with a code to book:\n{NIGHT_LINE}"),
            ann("okay ta", UNCLEAR_NIGHT),
            ann("REQUEST", f"Reply with a code to book:\n{NIGHT_LINE}"),
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
            bob("XYZ12", "There is no XYZ12. Did you mean XYZ124, XYZ125? Reply with the code to book"),
            bob("XYZ912", INVALID),
        ),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "whole words only",
        (
            ann("not sure", FREE_TEXT),
            ann("nobody told me where the key is", FREE_TEXT),
            ann("requesting leave", FREE_TEXT),
        ),
    ),
    Dialogue(
        "a greeting",
        (
            ann(
                "hello",
                "Reply with a code to book, REQUEST for open shifts, MINE for yours,"
                " DROP and the code to give one back",
            ),
        ),
    ),
)
