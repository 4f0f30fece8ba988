"""Tests how delivery events are read."""

from typing import Any

import pytest

from shift_sms_runtime.delivery_events.delivery_event import (
    DeliveryEvent,
    EventOrder,
    UnreadableEvent,
    read_delivery_event,
)
from shift_sms_runtime.messaging.outgoing_text import DeliveryStatus
from tests.support.delivery_events import ANN, EVENT, event_notification


def test_given_the_documented_event_when_read_then_it_has_the_text_and_the_status() -> None:
    assert read_delivery_event(event_notification(EVENT)) == DeliveryEvent(
        "c", ANN, "sms-1", 2, DeliveryStatus.DELIVERED, EventOrder(True, 1686975103470, "TEXT_SUCCESSFUL")
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eventType", None),
        ("eventType", 5),
        ("destinationPhoneNumber", None),
        ("destinationPhoneNumber", ""),
        ("messageId", None),
        ("messageId", ["x"]),
        ("eventTimestamp", "yesterday"),
        ("eventTimestamp", None),
        ("context", "c"),
        ("context", {"campaign_id": 5}),
    ],
)
def test_given_a_missing_or_wrong_field_when_read_then_the_error_names_the_field(
    field: str, value: Any
) -> None:
    with pytest.raises(UnreadableEvent) as error:
        read_delivery_event(event_notification(EVENT | {field: value}))
    assert field in str(error.value) or "campaign_id" in str(error.value)
    assert "+1425" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "{}", '{"Message": 5}', '{"Message": "x"}', '{"Message": "[]"}']
)
def test_given_a_body_that_is_not_an_event_when_read_then_it_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableEvent):
        read_delivery_event(text)
