"""Tests how items are launched."""

from collections import Counter

from tests.support.dialogues.dialogue import ANN
from tests.support.functions_on_moto import MESSAGE, FunctionsOnMoto, add_members


def test_given_the_posts_item_when_put_then_each_is_texted_once_and_counts_add_up(
    system: FunctionsOnMoto,
) -> None:
    members = [f"+1425555{number:04}" for number in range(100, 123)]
    add_members(system, *members)
    for _ in range(2):
        campaign = system.run_campaign(campaign_id="campaign_id1", campaign_message=MESSAGE)
    bodies = Counter(text.body for text in system.network.texts)
    assert bodies == {f"{MESSAGE}\nReply with a code to book, REQUEST for all, AGENT for a call": 23}
    rows = system.rows("Deliveries")
    assert Counter(row["status"] for row in rows) == {"delivered": 23}
    assert {row["sms_message_id"] for row in rows} == {text.message_id for text in system.network.texts}
    assert campaign["campaign_status"] == "stopped", "the second one is over before it begins"
    assert "launched before" in campaign["campaign_error"]
    assert (campaign["targeted"], campaign["delivered"], campaign["waiting"]) == (23, 23, 0)


def test_given_an_empty_segment_when_launched_then_it_fails_and_its_id_stays_free(
    system: FunctionsOnMoto,
) -> None:
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert campaign["campaign_status"] == "failed"
    assert "segment 'overtime' has no members" in campaign["campaign_error"]
    add_members(system, ANN)
    campaign = system.run_campaign(campaign_id="c", campaign_message=MESSAGE)
    assert campaign["campaign_status"] == "finished"
    assert len(system.network.inbox(ANN)) == 1


def test_given_an_item_without_message_when_put_then_it_says_so_and_others_are_sent(
    system: FunctionsOnMoto,
) -> None:
    add_members(system, ANN)
    broken = system.run_campaign(campaign_id="broken")
    system.run_campaign(campaign_id="fine", campaign_message=MESSAGE)
    assert broken["campaign_status"] == "failed"
    assert "campaign_message is missing" in broken["campaign_error"]
    assert len(system.network.inbox(ANN)) == 1
