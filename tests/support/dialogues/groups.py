"""Groups the dialogues by the settings under which they are true."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import pytest

from tests.support.dialogues.all_languages import IN_OTHER_LANGUAGES, MIXED_LANGUAGES
from tests.support.dialogues.booking import (
    AGENT_OFF,
    AGENT_ON,
    BOOKING,
    DROPPING,
    LISTING,
    NOT_BOOKING,
)
from tests.support.dialogues.codes_in_texts import CODES_IN_TEXTS
from tests.support.dialogues.dialogue import Dialogue
from tests.support.dialogues.facts_of_bookings import FACTS_OF_BOOKINGS
from tests.support.dialogues.giving_back import GIVING_BACK
from tests.support.dialogues.languages import APPOINTMENTS, IN_EACH_LANGUAGE
from tests.support.dialogues.lists import LISTS
from tests.support.dialogues.near_forms import NEAR_FORMS
from tests.support.dialogues.opt_outs import OPT_OUTS_OF_THE_SERVICE, SELF_MANAGED_OPT_OUTS
from tests.support.dialogues.plain_words import (
    LOOK_ALIKES_OF_OPT_OUTS,
    OPT_OUTS_IN_WORDS,
    OPT_OUTS_IN_WORDS_OF_THE_SERVICE,
    QUESTIONS,
    URGENT,
)
from tests.support.dialogues.policy import INFORMING, POLICY, STRICT
from tests.support.dialogues.questions import ASKING
from tests.support.dialogues.undone_bookings import UNDONE_BOOKINGS
from tests.support.dialogues.waiting_list import SEATS, WAITING

TOPICS_WITH_CONNECT_OFF = (
    DROPPING,
    GIVING_BACK,
    WAITING,
    SEATS,
    POLICY,
    ASKING,
    CODES_IN_TEXTS,
    NEAR_FORMS,
    LISTS,
    FACTS_OF_BOOKINGS,
    IN_EACH_LANGUAGE,
    IN_OTHER_LANGUAGES,
    MIXED_LANGUAGES,
    QUESTIONS,
)
CONNECT_OFF = tuple(chain.from_iterable(TOPICS_WITH_CONNECT_OFF))
"""With Connect, their replies may also name AGENT."""


TOPICS_WITH_CONNECT_ON_OR_OFF = (BOOKING, NOT_BOOKING, LISTING, LOOK_ALIKES_OF_OPT_OUTS, URGENT)
CONNECT_ON_OR_OFF = tuple(chain.from_iterable(TOPICS_WITH_CONNECT_ON_OR_OFF))


ALL_DIALOGUES = (
    CONNECT_ON_OR_OFF
    + CONNECT_OFF
    + STRICT
    + INFORMING
    + APPOINTMENTS
    + AGENT_ON
    + AGENT_OFF
    + SELF_MANAGED_OPT_OUTS
    + OPT_OUTS_OF_THE_SERVICE
    + OPT_OUTS_IN_WORDS
    + OPT_OUTS_IN_WORDS_OF_THE_SERVICE
    + UNDONE_BOOKINGS
)


def by_topic(*topics: Sequence[Dialogue]) -> list[Any]:
    """Returns dialogues as parameters of a test: the first of each topic, and the others for `make soak`."""
    return [
        pytest.param(dialogue, id=dialogue.name, marks=[pytest.mark.soak] if position else [])
        for topic in topics
        for position, dialogue in enumerate(topic)
    ]
