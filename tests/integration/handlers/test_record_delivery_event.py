"""Tests delivery events that are unreadable, or settle a text."""

import pytest
from botocore.config import Config

from lab.phone_network.api.faults import Fault, Moment, hang
from shift_sms_runtime.aws import clients
from tests.support.dialogues.dialogue import ANN
from tests.support.functions_on_moto import MESSAGE, FunctionsOnMoto, add_members
from tests.support.notifications import notification


@pytest.mark.parametrize("body", ["not json", "{}", '{"Message": "{}"}'])
def test_given_an_unreadable_delivery_event_when_handled_then_it_fails_alone(
    system: FunctionsOnMoto, body: str
) -> None:
    add_members(system, ANN)
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    system.drain("pages", "plan_campaign")
    system.drain("dispatch", "send_campaign")
    assert system.network.wait_for_delivery_events()
    foreign = {"eventType": "TEXT_DELIVERED", "eventVersion": "1.0"}
    good = [notification(event) for event in system.events]
    failed = system.invoke(
        "record_delivery_event", system.sqs_event([body, notification(foreign), *good, body, *good])
    )
    assert [failure["itemIdentifier"] for failure in failed] == ["sqs-0", "sqs-3"]
    (row,) = system.rows("Deliveries")
    assert row["status"] == "delivered"
    system.summarize("c")
    assert (system.campaign("c")["delivered"], system.campaign("c")["sent"]) == (1, 0)


def test_given_a_campaign_text_without_response_when_its_event_comes_then_settled(
    system: FunctionsOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "ONE_ATTEMPT", clients.ONE_ATTEMPT.merge(Config(read_timeout=0.3)))
    add_members(system, ANN)
    system.network.faults.add(Fault(operation="SendTextMessage", act=hang, when=Moment.AFTER_EFFECT))
    system.put_campaign(campaign_id="c", campaign_message=MESSAGE)
    system.drain("pages", "plan_campaign")
    system.drain("dispatch", "send_campaign")
    (row,) = system.rows("Deliveries")
    assert row["status"] == "unknown"
    assert system.deliver_events() == []
    (row,) = system.rows("Deliveries")
    assert row["status"] == "delivered"
    assert row["sms_message_id"] == system.network.texts[0].message_id
    assert len(system.network.inbox(ANN)) == 1
