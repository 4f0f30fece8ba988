"""Tests that AWS's two-way payload is read, and that errors quote no value."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shift_sms_runtime.inbound.inbound_text import InboundText, UnreadableText, read_notification
from tests.support.notifications import notification

PAYLOAD = {
    "originationNumber": "+14255550182",
    "destinationNumber": "+12125550101",
    "messageKeyword": "JOIN",
    "messageBody": "EXAMPLE",
    "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
    "previousPublishedMessageId": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}


def test_given_the_documented_payload_when_read_then_it_is_a_text() -> None:
    assert read_notification(notification(PAYLOAD)) == InboundText(
        "cae173d2-66b9-564c-8309-21f858e9fb84",
        "+14255550182",
        "+12125550101",
        "EXAMPLE",
        in_reply_to="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )


@pytest.mark.parametrize(
    ("timestamp", "sent_at"),
    [
        ("2026-08-01T12:00:00.123Z", datetime(2026, 8, 1, 12, 0, 0, 123000, UTC)),
        ("2026-08-01T14:00:00+02:00", datetime(2026, 8, 1, 12, tzinfo=UTC)),
        ("2026-08-01T12:00:00", datetime(2026, 8, 1, 12, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (5, None),
        (None, None),
    ],
)
def test_given_the_time_of_the_notification_when_read_then_the_text_has_it_or_none(
    timestamp: object, sent_at: datetime | None
) -> None:
    envelope = json.loads(notification(PAYLOAD)) | {"Timestamp": timestamp}
    assert read_notification(json.dumps(envelope)).sent_at == sent_at


def test_given_a_short_code_as_sender_when_read_then_the_text_has_no_sender() -> None:
    assert read_notification(notification(PAYLOAD | {"originationNumber": "72345"})).sender == ""


def test_given_an_empty_body_when_read_then_it_is_a_text() -> None:
    assert read_notification(notification(PAYLOAD | {"messageBody": ""})).body == ""


@pytest.mark.parametrize(
    "field", ["originationNumber", "destinationNumber", "messageBody", "inboundMessageId"]
)
@pytest.mark.parametrize("value", [None, 5, [], {}])
def test_given_a_missing_or_wrong_field_when_read_then_the_error_names_the_field(
    field: str, value: Any
) -> None:
    with pytest.raises(UnreadableText) as error:
        read_notification(notification(PAYLOAD | {field: value}))
    assert field in str(error.value)
    assert "+1425" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "{}", '{"Message": 5}', '{"Message": "x"}', '{"Message": "[]"}']
)
def test_given_a_body_that_is_not_a_notification_when_read_then_unreadable(text: str) -> None:
    with pytest.raises(UnreadableText):
        read_notification(text)


@given(st.dictionaries(st.sampled_from(sorted(PAYLOAD)), st.text()))
def test_given_any_texts_in_the_fields_when_read_then_it_is_a_text_or_unreadable(
    payload: dict[str, str],
) -> None:
    try:
        assert read_notification(notification(payload)).message_id
    except UnreadableText:
        assert any(not payload.get(field) for field in PAYLOAD)
