"""Tests a segment of many pages."""

import pytest

from shift_sms_runtime.campaigns import planner
from tests.support.functions_on_moto import MESSAGE, FunctionsOnMoto, add_members


def test_given_a_segment_of_many_pages_when_launched_then_each_is_texted_once(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "MEMBERS_PER_PAGE", 7)
    members = [f"+1425555{number:04}" for number in range(100, 116)]
    add_members(system, *members)
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert sorted(text.destination for text in system.network.texts) == members
    assert campaign["targeted"] == campaign["delivered"] == 16
    assert campaign["campaign_status"] == "finished"
