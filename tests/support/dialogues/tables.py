"""Groups the dialogues by the settings under which they hold."""

from tests.support.dialogues.booking import (
    CLAIMING,
    DROPPING,
    LISTING,
    NOT_CLAIMING,
    WITH_CONNECT,
    WITHOUT_CONNECT,
)
from tests.support.dialogues.languages import APPOINTMENTS, LANGUAGES
from tests.support.dialogues.opt_outs import OPT_OUTS_OF_THE_SERVICE, SELF_MANAGED_OPT_OUTS
from tests.support.dialogues.policy import POLICY, STRICT
from tests.support.dialogues.questions import ASKING
from tests.support.dialogues.waiting_list import SEATS, WAITING

CONVERSING = DROPPING + WAITING + SEATS + POLICY + ASKING + LANGUAGES


EVERYWHERE = CLAIMING + NOT_CLAIMING + LISTING


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
"""All dialogues."""
