"""Tests self-managed opt-outs on the deployed system."""

import pytest

from lab.lab_system import LabSystem
from tests.support.dialogues.dialogue import Dialogue
from tests.support.dialogues.groups import by_topic
from tests.support.dialogues.opt_outs import SELF_MANAGED_OPT_OUTS
from tests.support.dialogues.plain_words import OPT_OUTS_IN_WORDS
from tests.support.lab_opt_outs import play_with_opt_outs


@pytest.mark.parametrize("dialogue", by_topic(SELF_MANAGED_OPT_OUTS, OPT_OUTS_IN_WORDS))
def test_given_self_managed_opt_outs_when_employees_text_then_the_replies_match(
    limited_system: LabSystem, dialogue: Dialogue
) -> None:
    play_with_opt_outs(limited_system, dialogue)
