"""Tests operations on campaigns together with the functions: what a preview estimates is what the ledger has."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import boto3
import pytest

from shift_sms_operator.campaigns.campaigns import Campaigns
from shift_sms_operator.campaigns.prices import Price, shipped_prices
from shift_sms_operator.clients import Clients
from shift_sms_operator.composition import operator
from shift_sms_operator.deployment import Deployment
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.functions_on_moto import FunctionsOnMoto
from tests.support.operator_world import stack_outputs

PRICES = {
    **shipped_prices(),
    "US": Price(
        Decimal("0.0075"), Decimal("0.003"), "our contract", datetime(2026, 11, 1, tzinfo=UTC).date()
    ),
}
LANGUAGES = ("", "en", "es-MX", "fr", "de", "tlh")


@dataclass
class Deployed:
    """The functions, and the operations on the same tables."""

    system: FunctionsOnMoto
    campaigns: Campaigns

    def run(self, campaign_id: str) -> dict[str, Any]:
        """Delivers the change of an item, and runs the functions until all queues are empty."""
        item = self.system.campaign(campaign_id)
        return self.system.run_campaign(**item)

    def put(self, table: str, **item: Any) -> None:
        self.system.dynamodb.Table(table).put_item(Item=item)


@pytest.fixture
def deployed(system: FunctionsOnMoto) -> Deployed:
    """Provides a system with members in every language, of two countries, and some who are skipped."""
    urls = {name: system.sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ("reconcile", "outbox")}
    settings: dict[str, object] = {"connect_enabled": True, "messages_per_second": 500}
    clients, deployment = Clients(boto3.Session()), Deployment.from_outputs(stack_outputs(urls, **settings))
    world = Deployed(
        system, operator(clients, deployment, lambda: "ann", lambda: datetime.now(UTC)).campaigns
    )
    for place in range(14):
        number = f"+1425555{place + 100:04}"
        world.put("SegmentMembers", segment="night", phone_number=number)
        employee = {"language": LANGUAGES[place % len(LANGUAGES)]}
        world.put("Employees", phone_number=number, opted_out=place % 7 == 6, **employee)
    for place in range(2):
        world.put("SegmentMembers", segment="night", phone_number=f"+8190123456{place:02}")
    for spelling in ("+1 425 555 0100", "+1 (425) 555-0199", "call me"):
        world.put("SegmentMembers", segment="night", phone_number=spelling)
    return world


@pytest.mark.parametrize(
    "message",
    ["15/08 5h nightshift XYZ123", "x" * 95, "x" * 240, "Night \U0001f319 XYZ123", "\U0001f319" * 40],
)
def test_given_an_estimate_when_the_campaign_is_over_then_the_ledger_has_the_same(
    deployed: Deployed, message: str
) -> None:
    campaigns = deployed.campaigns
    shown = campaigns.preview("c", message, "night", prices=PRICES)
    campaigns.launch("c", message, "night")
    item = deployed.run("c")
    report = campaigns.report("c", prices=PRICES)

    assert shown.audience is not None
    assert item["campaign_status"] == "finished"
    assert shown.audience.segments == item["segments_spent"] == report.segments
    assert shown.audience.usd == report.usd
    assert shown.audience.recipients == item["delivered"]
    assert shown.audience.opted_out == item["opted_out"]
    assert shown.audience.invalid_numbers == item["failed"]
    assert {one.country: (one.segments, one.usd) for one in shown.audience.countries} == {
        one.country: (one.segments, one.usd) for one in report.countries
    }


def test_given_a_stopped_campaign_when_relaunched_then_the_estimate_is_of_the_rest(
    deployed: Deployed,
) -> None:
    campaigns, system, message = deployed.campaigns, deployed.system, "x" * 95
    campaigns.launch("c", message, "night")
    system.put_campaign(**system.campaign("c"))
    assert system.drain("pages", "plan_campaign") == []
    campaigns.stop("c")
    assert system.drain("dispatch", "send_campaign") == []
    system.summarize("c")
    assert (system.campaign("c")["campaign_status"], system.campaign("c")["waiting"]) == ("stopped", 0)
    assert not system.network.texts

    shown = campaigns.relaunch_preview("c", prices=PRICES)
    campaigns.relaunch("c")
    item = deployed.run("c")

    assert shown.audience is not None
    assert (item["campaign_status"], item["stopped"]) == ("finished", 0)
    assert shown.audience.segments == item["segments_spent"]
    assert shown.audience.recipients == item["delivered"]

    deployed.put("SegmentMembers", segment="night", phone_number="+14255550888")
    again = campaigns.relaunch_preview("c", prices=PRICES)
    campaigns.relaunch("c")
    finished = deployed.run("c")
    assert again.audience is not None
    assert again.audience.recipients == 1
    assert again.audience.segments == finished["segments_spent"] - item["segments_spent"]
    assert finished["campaign_status"] == "finished"


def test_given_a_test_number_when_the_outbox_is_sent_then_it_gets_the_text_once(
    deployed: Deployed,
) -> None:
    campaigns, me = deployed.campaigns, "+14255550777"
    shown = campaigns.preview("c", "15/08 5h XYZ123", "night", prices=PRICES)
    campaigns._trial._sleep = lambda _seconds: deployed.system.drain_outbox()

    assert campaigns.send_test(shown, me) is DeliveryStatus.SENT

    deployed.system.drain_outbox()
    assert [text.body for text in deployed.system.network.inbox(me)] == [shown.texts.default.body]
    assert deployed.system.rows("Outbox") == []
    assert deployed.system.rows("Campaigns") == []


def test_given_campaigns_put_by_hand_when_listed_then_they_are_there(deployed: Deployed) -> None:
    for number, message in enumerate(("XYZ123", "", "x" * 1600)):
        deployed.system.run_campaign(campaign_id=f"hand-{number}", campaign_message=message, segment="night")
    listed = deployed.campaigns.page().items
    assert {item["campaign_id"]: item["campaign_status"] for item in listed} == {
        "hand-0": "finished",
        "hand-1": "failed",
        "hand-2": "failed",
    }
