"""Campaigns on the deployed system."""

from collections import Counter

from lab.phone_network import Fault, internal_error, throttle
from lab.system import PINPOINT, System
from tests.lab.conftest import STAFF, empty_tables, wait_until

MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"


def put_campaign(system: System, campaign_id: str, **attributes: str) -> None:
    """An item as written by hand in the console."""
    system.put(system.outputs.campaigns_table_name, [{"campaign_id": campaign_id, **attributes}])


def status(system: System, campaign_id: str) -> dict[str, object]:
    """The campaign item when its launch has come to an end."""

    def item() -> dict[str, object]:
        rows = system.rows(system.outputs.campaigns_table_name)
        return next(row for row in rows if row["campaign_id"] == campaign_id)

    assert wait_until(lambda: item().get("campaign_status") in ("launched", "failed"), 30)
    return item()


def deliveries(system: System, campaign_id: str) -> dict[str, str]:
    """Status by recipient."""
    rows = system.rows(system.outputs.deliveries_table_name)
    return {row["phone_number"]: row["status"] for row in rows if row["campaign_id"] == campaign_id}


def join(system: System, segment: str, *members: str) -> None:
    """Put numbers into a segment."""
    rows = [{"segment": segment, "phone_number": member} for member in members]
    system.put(system.outputs.segment_members_table_name, rows)


def test_given_the_posts_item_when_put_up_then_every_member_hears_it_once_and_the_ledger_adds_up(
    system: System,
) -> None:
    empty_tables(system)
    join(system, "overtime", *STAFF)
    put_campaign(system, "campaign_id1", campaign_message=MESSAGE)
    body = f"{MESSAGE}\nReply a code to book, REQUEST for list, AGENT for a call"
    assert wait_until(lambda: system.network.counts_by_body()[body] == len(STAFF), 60)
    system.wait_until_idle()
    assert Counter(text.destination for text in system.network.texts if text.body == body) == dict.fromkeys(
        STAFF, 1
    )
    assert deliveries(system, "campaign_id1") == dict.fromkeys(STAFF, "sent")
    item = status(system, "campaign_id1")
    assert item["campaign_status"] == "launched"
    assert item["recipients"] == len(STAFF)
    assert item["segments_per_text"] == 1


def test_given_an_item_that_cannot_be_sent_when_put_up_then_it_says_so_and_the_next_one_goes_out(
    system: System,
) -> None:
    join(system, "one", STAFF[0])
    put_campaign(system, "silent")
    put_campaign(system, "endless", campaign_message="x" * 1600)
    put_campaign(system, "lonely", campaign_message=MESSAGE, segment="nobody")
    put_campaign(system, "fine", campaign_message="next week A1", segment="one")
    assert "campaign_message is missing" in str(status(system, "silent")["campaign_error"])
    assert "too long" in str(status(system, "endless")["campaign_error"])
    assert "nobody is in segment 'nobody'" in str(status(system, "lonely")["campaign_error"])
    assert status(system, "fine")["campaign_status"] == "launched"
    assert wait_until(lambda: deliveries(system, "fine") == {STAFF[0]: "sent"}, 30)


def test_given_faults_of_the_network_when_a_campaign_is_sent_then_nobody_hears_it_twice_and_the_ledger_knows(
    system: System,
) -> None:
    join(system, "faulty", *STAFF[:20])
    operation = "SendTextMessage"
    system.network.faults.add(Fault(operation=operation, act=throttle, times=10))
    lost = system.network.faults.add(
        Fault(
            operation=operation,
            act=internal_error,
            times=1,
            matches=lambda parameters: parameters["DestinationPhoneNumber"] == STAFF[5],
        )
    )
    system.network.opt_out(STAFF[6])
    put_campaign(system, "faulty", campaign_message="faults A1", segment="faulty")
    expected = {"sent": 18, "unknown": 1, "opted-out": 1}
    assert wait_until(lambda: Counter(deliveries(system, "faulty").values()) == expected, 60)
    system.network.opt_in(STAFF[6])
    assert lost.hits == 1
    heard = Counter(text.destination for text in system.network.texts if text.body.startswith("faults A1"))
    assert set(heard.values()) == {1}


def test_given_the_pinpoint_engine_when_an_item_is_put_up_then_the_campaign_of_the_post_starts_at_once(
    other_system: System,
) -> None:
    put_campaign(other_system, "campaign_id1", campaign_message=MESSAGE)
    assert status(other_system, "campaign_id1")["campaign_status"] == "launched"
    (campaign,) = other_system.network.campaigns
    assert campaign.application_id == PINPOINT.application_id
    assert {campaign.segment_id} == PINPOINT.segment_ids
    assert campaign.name == "campaign_id1"
    assert campaign.body == MESSAGE
    assert campaign.request["Schedule"]["StartTime"] == "IMMEDIATE"
