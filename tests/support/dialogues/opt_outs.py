"""Lists dialogues about STOP, START and HELP."""

from tests.support.dialogues.dialogue import ANN, BOB, EVE, GUS, Dialogue, ann, bob, eve, gus
from tests.support.dialogues.replies import BOOKED_NIGHT, HELP_REPLY, INVALID, START_REPLY, STOP_REPLY

SELF_MANAGED_OPT_OUTS = (
    Dialogue("STOP", (ann("STOP", STOP_REPLY),), opted_out=frozenset({ANN})),
    *(
        Dialogue(f"{word} is STOP", (ann(word, STOP_REPLY),), opted_out=frozenset({ANN}))
        for word in ("stop.", "Stop texting me", "UNSUBSCRIBE", "opt-out", "Cancel", "END", "quit", "arret")
    ),
    Dialogue(
        "STOP again and again",
        (ann("STOP", STOP_REPLY), ann("STOP"), ann("stop it!")),
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "no reply and no booking after STOP",
        (ann("STOP", STOP_REPLY), ann("XYZ123"), ann("REQUEST"), ann("hello"), ann("AGENT")),
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "START after STOP",
        (ann("STOP", STOP_REPLY), ann("XYZ123"), ann("START", START_REPLY), ann("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "STOP, START, STOP",
        (ann("STOP", STOP_REPLY), ann("unstop", START_REPLY), ann("STOP", STOP_REPLY)),
        opted_out=frozenset({ANN}),
    ),
    Dialogue("START without STOP before", (ann("START", START_REPLY), ann("XYZ999", INVALID))),
    Dialogue("HELP", (ann("HELP", HELP_REPLY), ann("help me", HELP_REPLY))),
    Dialogue("HELP after STOP", (ann("STOP", STOP_REPLY), ann("HELP")), opted_out=frozenset({ANN})),
    Dialogue(
        "a STOP is overtaken by a later START",
        (ann("START", START_REPLY, sent=2), ann("STOP", sent=1), ann("XYZ123", BOOKED_NIGHT, sent=3)),
        taken={"XYZ123": ANN},
    ),
    Dialogue(
        "a START is overtaken by a later STOP",
        (ann("STOP", STOP_REPLY, sent=2), ann("START", sent=1), ann("XYZ123", sent=3)),
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "a START between two STOPs comes last",
        (ann("STOP", STOP_REPLY, sent=1), ann("STOP", sent=3), ann("START", START_REPLY, sent=4)),
    ),
    Dialogue(
        "STOP affects the sender only",
        (ann("STOP", STOP_REPLY), bob("XYZ123", BOOKED_NIGHT)),
        taken={"XYZ123": BOB},
        opted_out=frozenset({ANN}),
    ),
    Dialogue(
        "a stranger's STOP is recorded without making an employee",
        (eve("STOP"), eve("XYZ123"), eve("HELP")),
        opted_out=frozenset({EVE}),
    ),
    Dialogue(
        "a stranger's START makes no employee",
        (eve("START"), eve("STOP"), eve("START"), eve("XYZ123")),
    ),
    Dialogue(
        "an approved number without a row",
        (
            gus("HELP", HELP_REPLY),
            gus("STOP", STOP_REPLY),
            gus("XYZ123"),
            gus("START", START_REPLY),
            gus("XYZ123", BOOKED_NIGHT),
        ),
        taken={"XYZ123": GUS},
    ),
)
"""Under the setting `self_managed_opt_outs` = true."""


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
"""The service replies to STOP, START and HELP, and the functions receive them too."""
