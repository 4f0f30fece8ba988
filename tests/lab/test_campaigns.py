"""Campaigns on the deployed system."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from lab.deployment import ENVIRONMENT
from lab.opening import shift_sms
from lab.phone_network import Fault, FinalReceipt, Moment, drop_connection, internal_error, refuse, throttle
from lab.system import PINPOINT, System
from tests.lab.conftest import STAFF, empty_tables, put_shifts, wait_until

MESSAGE = "15/08 5h nightshift XYZ123, 18/08 3h dayshift XYZ124"


def put_campaign(system: System, campaign_id: str, **attributes: str) -> None:
    """An item as written by hand in the console."""
    system.put(system.outputs.campaigns_table_name, [{"campaign_id": campaign_id, **attributes}])


def status(system: System, campaign_id: str) -> dict[str, object]:
    """The campaign item when its launch has come to an end."""

    def item() -> dict[str, object]:
        rows = system.rows(system.outputs.campaigns_table_name)
        return next(row for row in rows if row["campaign_id"] == campaign_id)

    assert wait_until(lambda: item().get("campaign_status") in ("launched", "failed", "stopped"), 30)
    return item()


def report(system: System, campaign_id: str) -> dict[str, object]:
    """The campaign item when all its recipients have come to an end and it says the same as the ledger."""

    def agrees() -> bool:
        system.wait_until_idle()
        item = status(system, campaign_id)
        counted = Counter(deliveries(system, campaign_id).values())
        return item.get("waiting") == 0 and all(
            item.get(status_.replace("-", "_")) == count for status_, count in counted.items()
        )

    assert wait_until(agrees, 60), f"{status(system, campaign_id)} {deliveries(system, campaign_id)}"
    return status(system, campaign_id)


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
    assert deliveries(system, "campaign_id1") == dict.fromkeys(STAFF, "delivered")
    item = report(system, "campaign_id1")
    assert item["campaign_status"] == "launched"
    assert item["targeted"] == item["delivered"] == item["segments_spent"] == len(STAFF)
    assert item["segments_per_text"] == 1
    assert str(item["first_send_at"]) <= str(item["last_send_at"])


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
    assert wait_until(lambda: deliveries(system, "fine") == {STAFF[0]: "delivered"}, 30)


def to(number: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a send is to this number."""
    return lambda parameters: parameters["DestinationPhoneNumber"] == number


@pytest.fixture
def undisturbed(system: System) -> Iterator[None]:
    """Whatever a test does to the network is undone after it."""
    yield
    system.network.faults.clear()
    system.network.receipts = FinalReceipt()
    system.network.limits.spend_limit_parts = None
    system.network.limits.blocked_countries = frozenset()
    system.network.limits.sandbox = False


@pytest.mark.usefixtures("undisturbed")
def test_given_every_kind_of_end_when_a_campaign_is_sent_then_the_ledger_and_the_item_name_each_with_its_reason(
    system: System,
) -> None:
    unreachable = "+14254147167"
    everyone = [*STAFF[:7], unreachable, "+447700900123", "no number at all"]
    throttled, gone, hidden, out = STAFF[3:7]
    join(system, "ends", *everyone)
    network = system.network
    system.network.limits.blocked_countries = frozenset({"GB"})
    network.opt_out(out)
    usual = FinalReceipt()
    network.receipts = lambda text: [] if text.destination in (STAFF[0], hidden) else usual(text)
    for act, when, number, times in (
        (throttle, Moment.BEFORE_EFFECT, throttled, 4),
        (internal_error, Moment.BEFORE_EFFECT, gone, 1),
        (drop_connection, Moment.AFTER_EFFECT, hidden, 1),
        (drop_connection, Moment.AFTER_EFFECT, STAFF[1], 1),
    ):
        network.faults.add(
            Fault(
                operation="SendTextMessage",
                act=act,
                when=when,
                times=times,
                matches=to(number),
            )
        )
    put_campaign(system, "ends", campaign_message="ends A1", segment="ends")
    item = report(system, "ends")
    network.opt_in(out)
    assert deliveries(system, "ends") == {
        STAFF[0]: "sent",
        # Its answer was lost, and its delivery event told what the answer would have.
        STAFF[1]: "delivered",
        STAFF[2]: "delivered",
        throttled: "delivered",
        gone: "unknown",
        hidden: "unknown",
        out: "opted-out",
        unreachable: "failed",
        "+447700900123": "blocked-country",
        "no number at all": "failed",
    }
    assert (item["targeted"], item["delivered"], item["sent"], item["unknown"]) == (10, 3, 1, 2)
    assert (item["opted_out"], item["blocked_country"], item["failed"]) == (1, 1, 2)
    heard = Counter(text.destination for text in network.texts if text.body.startswith("ends A1"))
    assert set(heard.values()) == {1}
    assert set(heard) == {*STAFF[:4], hidden, unreachable}
    # The service told us once that this number wants no texts; the next campaign does not ask it again.
    asked = [attempt.destination for attempt in network.attempts].count(out)
    join(system, "skipped", out)
    put_campaign(system, "skipped", campaign_message="skipped A1", segment="skipped")
    assert report(system, "skipped")["opted_out"] == 1
    assert [attempt.destination for attempt in network.attempts].count(out) == asked
    # Whoever hears our answer again is back.
    assert system.ask(out, "REQUEST").body
    put_campaign(system, "again", campaign_message="again A1", segment="skipped")
    assert report(system, "again")["delivered"] == 1


@pytest.mark.usefixtures("undisturbed")
def test_given_the_spend_limit_when_it_is_reached_then_the_rest_halts_and_says_so_and_can_be_reached_later(
    system: System,
) -> None:
    join(system, "dear", *STAFF[:12])
    system.network.limits.spend_limit_parts = system.network.parts_sent + 5
    put_campaign(system, "dear", campaign_message="dear A1", segment="dear")
    item = report(system, "dear")
    assert item["campaign_status"] == "stopped"
    assert "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT" in str(item["campaign_error"])
    assert (item["delivered"], item["stopped"]) == (5, 7)
    system.network.limits.spend_limit_parts = None
    join(system, "dear", STAFF[12])
    system.cloud.client("dynamodb").delete_item(
        TableName=system.outputs.campaigns_table_name, Key={"campaign_id": {"S": "dear"}}
    )
    put_campaign(system, "dear", campaign_message="dear A1", segment="dear")
    assert "launched before" in str(status(system, "dear")["campaign_error"])
    assert report(system, "dear")["delivered"] == 5
    system.cloud.client("dynamodb").delete_item(
        TableName=system.outputs.campaigns_table_name, Key={"campaign_id": {"S": "dear"}}
    )
    put_campaign(system, "dear", campaign_message="dear A1", segment="dear", relaunch="remaining")
    assert wait_until(lambda: set(deliveries(system, "dear").values()) == {"delivered"}, 60)
    assert report(system, "dear")["targeted"] == 13
    heard = Counter(text.destination for text in system.network.texts if text.body.startswith("dear A1"))
    assert heard == dict.fromkeys(STAFF[:13], 1)


def test_given_a_campaign_under_way_when_an_operator_stops_it_then_nobody_else_is_texted_until_it_is_relaunched(
    system: System,
) -> None:
    members = [f"+1425444{number:04}" for number in range(250)]
    join(system, "stopped", *members)

    def heard() -> Counter[str]:
        texts = (text for text in system.network.texts if text.body.startswith("stopped A1"))
        return Counter(text.destination for text in texts)

    put_campaign(system, "stopped", campaign_message="stopped A1", segment="stopped")
    assert wait_until(lambda: len(heard()) > 0, 30)
    shift_sms(system, "stop-campaign", "stopped", "--env", ENVIRONMENT)
    item = report(system, "stopped")
    assert item["campaign_status"] == "stopped"
    texted, left = int(str(item["delivered"])), int(str(item["stopped"]))
    assert texted == len(heard()) > 0
    assert left > 0
    assert texted + left == item["targeted"] == len(members)
    shift_sms(system, "relaunch-campaign", "stopped", "--env", ENVIRONMENT)
    assert wait_until(lambda: len(heard()) == len(members), 60)
    assert report(system, "stopped")["delivered"] == len(members)
    assert heard() == dict.fromkeys(members, 1)


def test_given_answers_to_a_campaign_when_they_book_then_the_item_counts_them_once(system: System) -> None:
    empty_tables(system)
    put_shifts(system, ("ASK1", ""), ("ASK2", ""), ("ASK3", ""))
    join(system, "asked", *STAFF[:3])
    put_campaign(system, "asked", campaign_message="asked ASK1 ASK2 ASK3", segment="asked")
    assert report(system, "asked")["delivered"] == 3
    system.ask(STAFF[0], "ASK1 and ASK2")
    system.ask(STAFF[1], "ASK1")
    message_id = system.network.send_from_phone(STAFF[2], "ASK3")
    system.network.redeliver(message_id)
    system.wait_until_idle()

    def counted() -> bool:
        item = status(system, "asked")
        return (item["replies"], item["bookings"], item["seats_filled"]) == (3, 3, 3)

    assert wait_until(counted, 20), status(system, "asked")
    item = status(system, "asked")
    assert 0 <= int(str(item["seconds_to_first_booking"])) <= int(str(item["seconds_to_last_booking"]))


def test_given_a_refusal_of_pinpoint_when_an_item_is_put_up_then_the_item_says_why(
    other_system: System,
) -> None:
    refuse_as = refuse("GoneException", "Amazon Pinpoint has been discontinued", status=410)
    other_system.network.faults.add(Fault(operation="CreateCampaign", act=refuse_as, times=1))
    put_campaign(other_system, "retired", campaign_message=MESSAGE)
    item = status(other_system, "retired")
    assert item["campaign_status"] == "failed"
    assert "discontinued" in str(item["campaign_error"])


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
