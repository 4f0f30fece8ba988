"""Tests that the text of a campaign can be sent to one number first: at most once for each call, and recorded."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shift_sms_operator.campaigns import trial
from shift_sms_operator.campaigns.campaigns import Campaigns
from shift_sms_operator.campaigns.prices import shipped_prices
from shift_sms_operator.campaigns.views import CampaignPreview
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.messaging.ledger import ReplyKey, ReplyKind
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from shift_sms_runtime.tables.conversations import reply_send_ledger
from tests.support.operator_world import ACTOR, OUR_NUMBER, OperatorWorld

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MESSAGE = "15/08 5h XYZ123"
ME = "+14255550177"


@pytest.fixture
def world(operator_world: OperatorWorld, monkeypatch: pytest.MonkeyPatch) -> OperatorWorld:
    """A deployment at noon, with one member of the segment night. A trial does not wait for its outcome."""
    monkeypatch.setattr(trial, "_WAITS", ())
    operator_world.now = lambda: NOON
    operator_world.put("SegmentMembers", {"segment": "night", "phone_number": "+14255550101"})
    return operator_world


def previewed(campaigns: Campaigns) -> CampaignPreview:
    return campaigns.preview("august", MESSAGE, "night", prices=shipped_prices())


def turns(world: OperatorWorld) -> int:
    attributes = world.session.client("sqs").get_queue_attributes(
        QueueUrl=world.queue_urls["outbox"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def settle(world: OperatorWorld, row: dict[str, Any], status: DeliveryStatus) -> None:
    """Settles the text as a worker of the outbox does."""
    ledger = reply_send_ledger(
        world.session.client("dynamodb"), conversations="Conversations", outbox="Outbox"
    )
    key = ReplyKey(row["phone_number"], row["reply_id"], ReplyKind.CAMPAIGN_TEST)
    ledger.claim(key, token="t", now=NOON, lease_until=NOON)
    ledger.settle(key, status, token="t", now=NOON)


def test_given_a_number_when_tested_then_the_text_is_queued_and_recorded(
    world: OperatorWorld,
) -> None:
    campaigns = world.operator().campaigns

    assert campaigns.send_test(previewed(campaigns), "+1 (425) 555-0177") is DeliveryStatus.QUEUED

    (text,) = world.rows("Outbox")
    assert (text["phone_number"], text["kind"], text["lane"]) == (ME, "campaign-test", "reply")
    assert text["body"] == f"{MESSAGE}\nReply with a code to book, REQUEST for all"
    assert text["origination_identity"] == OUR_NUMBER
    (record,) = world.audit("campaign#august")
    assert (record["actor"], record["action"]) == (ACTOR, "tested")
    assert record["after"] == {"test_to": ME, "text": text["body"]}
    assert turns(world) == 1
    assert world.rows("Campaigns") == world.rows("Deliveries") == []


def test_given_a_language_when_tested_then_the_text_is_in_it(world: OperatorWorld) -> None:
    world.put("Employees", {"phone_number": ME, "language": "fr"})
    campaigns = world.operator().campaigns
    shown = previewed(campaigns)
    campaigns.send_test(shown, ME)
    assert [row["body"] for row in world.rows("Outbox")] == [shown.texts.by_language["fr"].body]


@pytest.mark.parametrize(
    ("to", "employee", "why"),
    [
        ("555-0177", {}, "is no phone number"),
        (ME, {"opted_out": True}, "has opted out"),
    ],
)
def test_given_a_number_that_cannot_be_texted_when_tested_then_nothing_is_written(
    world: OperatorWorld, to: str, employee: dict[str, Any], why: str
) -> None:
    world.put("Employees", {"phone_number": ME, **employee})
    campaigns = world.operator().campaigns
    with pytest.raises(Refused, match=why):
        campaigns.send_test(previewed(campaigns), to)
    assert world.rows("Outbox") == world.rows("AuditTrail") == []
    assert turns(world) == 0


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.OPTED_OUT, DeliveryStatus.UNKNOWN])
def test_given_a_worker_that_sends_when_tested_then_the_outcome_is_returned(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, status: DeliveryStatus
) -> None:
    monkeypatch.setattr(trial, "_WAITS", (0.0, 0.0))
    campaigns = world.operator().campaigns
    outbox_statuses = campaigns._trial._outbox.statuses
    looks: list[object] = []

    def send_after_the_first_look(keys: Any) -> Any:
        found = outbox_statuses(keys)
        if not looks:
            settle(world, world.rows("Outbox")[0], status)
        looks.append(found)
        return found

    monkeypatch.setattr(campaigns._trial._outbox, "statuses", send_after_the_first_look)
    assert campaigns.send_test(previewed(campaigns), ME) is status
    assert len(looks) == 2


def test_given_a_test_that_is_given_twice_when_recorded_then_each_is_one_text(world: OperatorWorld) -> None:
    campaigns = world.operator().campaigns
    for _ in range(2):
        campaigns.send_test(previewed(campaigns), ME)
    assert len({row["reply_id"] for row in world.rows("Outbox")}) == 2
    assert len(world.audit("campaign#august")) == 2
