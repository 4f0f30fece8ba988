"""Tests that operators relaunch campaigns for those who were not tried, once."""

from datetime import timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from shift_sms_operator.campaigns.prices import shipped_prices
from shift_sms_operator.refusals import ChangedByAnother, Refused
from shift_sms_runtime.campaigns.launch_plan import MAX_RELAUNCH_AGE
from shift_sms_runtime.tables import campaign_counters, deliveries
from tests.support.operator_campaigns import (
    LISTED,
    MESSAGE,
    NOON,
    STOPPED,
    SUBJECT,
    lose_response,
    meanwhile,
)
from tests.support.operator_world import OperatorWorld


@pytest.mark.parametrize("segment", [{"segment": "night"}, {}])
def test_given_a_stopped_campaign_when_relaunched_then_only_its_own_words_are_put(
    world: OperatorWorld, segment: dict[str, str]
) -> None:
    item = {name: value for name, value in STOPPED.items() if name != "segment"} | segment
    world.put("Campaigns", item)

    world.operator().campaigns.relaunch("august")

    requested = {"relaunch": "remaining", "campaign_status": "requested"}
    words = {"campaign_id": "august", "campaign_message": MESSAGE} | segment
    assert world.rows("Campaigns") == [words | requested | LISTED]
    (record,) = world.audit(SUBJECT)
    assert (record["action"], record["after"]) == ("relaunched", requested)
    assert record["before"] == {
        "campaign_status": "stopped",
        "campaign_error": "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
    }


def test_given_a_relaunch_when_given_twice_then_the_second_waits_for_the_first(world: OperatorWorld) -> None:
    world.put("Campaigns", STOPPED)
    campaigns = world.operator().campaigns
    campaigns.relaunch("august")
    with pytest.raises(Refused, match="is being launched"):
        campaigns.relaunch("august")
    assert [record["action"] for record in world.audit(SUBJECT)] == ["relaunched"]


def test_given_a_relaunch_whose_response_is_lost_when_repeated_then_it_is_one(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("Campaigns", STOPPED)
    campaigns = world.operator().campaigns
    lose_response(monkeypatch)
    with pytest.raises(ReadTimeoutError):
        campaigns.relaunch("august")
    with pytest.raises(Refused, match="is being launched"):
        campaigns.relaunch("august")
    assert len(world.audit(SUBJECT)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"campaign_message": "other"},
        {"campaign_status": "launching"},
        {"segment": "day"},
        {"launch_id": "other"},
    ],
)
def test_given_a_change_during_a_relaunch_when_put_then_the_change_is_kept(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    world.put("Campaigns", STOPPED)
    meanwhile(monkeypatch, "replace", lambda: world.put("Campaigns", STOPPED | change))
    with pytest.raises(ChangedByAnother):
        world.operator().campaigns.relaunch("august")
    assert world.rows("Campaigns") == [STOPPED | change]
    assert world.rows("AuditTrail") == []


def test_given_a_campaign_that_is_deleted_when_relaunched_then_it_stays_deleted(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("Campaigns", STOPPED)
    table = world.dynamodb.Table("Campaigns")
    meanwhile(monkeypatch, "replace", lambda: table.delete_item(Key={"campaign_id": "august"}))
    with pytest.raises(ChangedByAnother):
        world.operator().campaigns.relaunch("august")
    assert world.rows("Campaigns") == []


@pytest.mark.parametrize(
    ("attributes", "why"),
    [
        ({"campaign_status": "launching"}, "is being launched; wait until"),
        ({"pinpoint_campaign_id": "1a2b"}, "Amazon Pinpoint sent the campaign august"),
        ({"campaign_message": " "}, "campaign_message is missing or empty"),
        ({"first_send_at": (NOON - timedelta(days=61)).isoformat()}, "began more than 60 days ago"),
        ({"launched_at": (NOON - timedelta(days=61)).isoformat()}, "began more than 60 days ago"),
    ],
)
def test_given_a_campaign_that_cannot_be_relaunched_when_it_is_then_it_is_unchanged(
    world: OperatorWorld, attributes: dict[str, str], why: str
) -> None:
    world.put("Campaigns", STOPPED | attributes)
    campaigns = world.operator().campaigns
    with pytest.raises(Refused, match=why):
        campaigns.relaunch_preview("august", prices=shipped_prices())
    with pytest.raises(Refused, match=why):
        campaigns.relaunch("august")
    assert world.rows("Campaigns") == [STOPPED | attributes]
    assert world.rows("AuditTrail") == []


def test_given_the_longest_relaunch_when_deliveries_expire_then_it_is_over() -> None:
    kept = min(deliveries.DELIVERY_RETENTION, campaign_counters.COUNTER_RETENTION)
    # Ten days for a campaign that is planned slowly: its last rows are written later than its first.
    assert MAX_RELAUNCH_AGE + timedelta(days=10) < kept


def test_given_waiting_recipients_when_a_relaunch_is_previewed_then_it_warns(world: OperatorWorld) -> None:
    world.put("Campaigns", STOPPED)
    shown = world.operator().campaigns.relaunch_preview("august", prices=shipped_prices())
    assert "2 recipients of the earlier launch are waiting" in str(shown.warnings[-1])
    assert shown.audience is not None
    assert shown.audience.recipients == 1


def test_given_no_recipient_left_when_a_relaunch_is_previewed_then_it_is_refused(
    world: OperatorWorld,
) -> None:
    world.put("Campaigns", STOPPED)
    row = {
        **deliveries.delivery_key("august", "+14255550101"),
        "campaign_id": "august",
        "status": "delivered",
    }
    world.put("Deliveries", row)
    with pytest.raises(Refused, match="has no recipient left: 1 were tried"):
        world.operator().campaigns.relaunch_preview("august", prices=shipped_prices())
