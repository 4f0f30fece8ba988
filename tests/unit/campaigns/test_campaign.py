"""Tests how the text of a campaign is composed."""

import pytest

from shift_sms_runtime.campaigns.campaign import CampaignNotSendable, compose
from shift_sms_runtime.language.locale_files import locale
from tests.support.campaign_world import MESSAGE

ENGLISH = locale("shifts", "en")

THREE_SHIFTS = f"{MESSAGE}, 19/08 6h lateshift XYZ125"


@pytest.mark.parametrize("agent_offered", [True, False])
def test_given_three_shifts_when_composed_then_one_segment_and_agent_if_offered(
    agent_offered: bool,
) -> None:
    text = compose(THREE_SHIFTS, ENGLISH, agent_offered=agent_offered)
    assert text.size.segments == 1
    assert ("AGENT" in text.body) is agent_offered


def test_given_a_message_one_character_too_long_when_composed_then_it_is_refused() -> None:
    available = 1530 - len(compose("", ENGLISH, agent_offered=True).body)
    assert compose("x" * available, ENGLISH, agent_offered=True).size.characters == 1530
    with pytest.raises(CampaignNotSendable):
        compose("x" * (available + 1), ENGLISH, agent_offered=True)
