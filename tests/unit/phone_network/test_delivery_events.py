"""Tests the JSON of a delivery event against AWS's documentation."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from botocore.model import StringShape

from lab.phone_network import CarrierReport, SentText
from lab.phone_network.api.wire import service_model
from lab.phone_network.delivery.delivery_events import build_delivery_event

PRICE = Decimal("0.00581")


def text(destination: str = "+14255550156", body: str = "hello", **context: str) -> SentText:
    return SentText(
        message_id="862a8790",
        origination="+12065550152",
        destination=destination,
        body=body,
        monotonic=0.0,
        context=context,
        message_type="PROMOTIONAL",
        at=datetime.fromtimestamp(1686975103.170, UTC),
    )


def test_given_a_successful_text_when_reported_then_the_documented_json() -> None:
    report = CarrierReport(event_type="TEXT_SUCCESSFUL", is_final=False, after=0.3, late=5)
    assert build_delivery_event(text(account="bar"), report, PRICE) == {
        "eventType": "TEXT_SUCCESSFUL",
        "eventVersion": "1.0",
        "eventTimestamp": 1686975103470,
        "isFinal": False,
        "originationPhoneNumber": "+12065550152",
        "destinationPhoneNumber": "+14255550156",
        "isInternationalSend": False,
        "isoCountryCode": "US",
        "mcc": "310",
        "mnc": "800",
        "messageId": "862a8790",
        "messageRequestTimestamp": 1686975103170,
        "messageEncoding": "GSM",
        "messageType": "PROMOTIONAL",
        "messageStatus": "SUCCESSFUL",
        "messageStatusDescription": "Message has been accepted by phone carrier",
        "context": {"account": "bar"},
        "totalMessageParts": 1,
        "totalMessagePrice": 0.00581,
        "totalCarrierFee": 0.0,
    }


def test_given_a_long_text_to_france_when_reported_then_optional_fields_are_absent() -> None:
    event = build_delivery_event(text("+33755512501", "ж" * 71), CarrierReport(), PRICE)
    assert event.keys().isdisjoint({"context", "mcc", "mnc", "carrierName"})
    assert (event["isoCountryCode"], event["messageEncoding"], event["totalMessageParts"]) == (
        "FR",
        "Unicode",
        2,
    )
    assert event["totalMessagePrice"] == pytest.approx(0.01162)


def test_given_every_event_type_of_aws_when_reported_then_it_has_a_description() -> None:
    model = service_model("pinpoint-sms-voice-v2").shape_for("EventType")
    assert isinstance(model, StringShape)
    # The service model has TEXT_SENT, which its documentation calls unsupported.
    kinds = set(model.enum) - {"TEXT_ALL", "TEXT_SENT"}
    for event_type in (kind for kind in kinds if kind.startswith("TEXT_")):
        event = build_delivery_event(text(), CarrierReport(event_type=event_type), PRICE)
        assert event["messageStatus"] == event_type.removeprefix("TEXT_")
        assert event["messageStatusDescription"]
