"""Delivery events of AWS End User Messaging: their statuses, and their order.

Events can arrive late, twice and in any order. A final event takes precedence over one that is not final. Otherwise the
later event does. TEXT_UNKNOWN never takes precedence. Source: "Event types" and "Example event data" for configuration
sets in the AWS End User Messaging user guide.
"""

import json
from dataclasses import dataclass
from typing import Any

from shift_sms_runtime.messaging.outgoing_text import CAMPAIGN_ID_KEY, DeliveryStatus
from shift_sms_runtime.records import record

_TEXT_UNKNOWN = "TEXT_UNKNOWN"

_STATUSES = {
    "TEXT_PENDING": DeliveryStatus.SENT,
    "TEXT_QUEUED": DeliveryStatus.SENT,
    "TEXT_SENT": DeliveryStatus.SENT,
    # Some carriers report only that they accepted the text. Depending on the country, AWS uses either of these two.
    "TEXT_SUCCESSFUL": DeliveryStatus.DELIVERED,
    "TEXT_DELIVERED": DeliveryStatus.DELIVERED,
    # The carrier has not reported a final status within three days. The text was sent, and no further event follows.
    _TEXT_UNKNOWN: DeliveryStatus.SENT,
    "TEXT_PROTECT_BLOCKED": DeliveryStatus.BLOCKED_COUNTRY,
    "TEXT_INVALID": DeliveryStatus.FAILED,
    "TEXT_INVALID_MESSAGE": DeliveryStatus.FAILED,
    "TEXT_UNREACHABLE": DeliveryStatus.FAILED,
    "TEXT_CARRIER_UNREACHABLE": DeliveryStatus.FAILED,
    "TEXT_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_CARRIER_BLOCKED": DeliveryStatus.FAILED,
    "TEXT_SPAM": DeliveryStatus.FAILED,
    "TEXT_TTL_EXPIRED": DeliveryStatus.FAILED,
}

_OPEN_TO_EVENTS = frozenset(
    {
        DeliveryStatus.SENDING,
        DeliveryStatus.SENT,
        DeliveryStatus.UNKNOWN,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.FAILED,
        DeliveryStatus.BLOCKED_COUNTRY,
    }
)


class UnreadableEvent(ValueError):
    """The record is not a delivery event. The message names the wrong field, never its value."""


@dataclass(frozen=True, order=True)
class EventOrder:
    """The order of the events of one text: the greater one takes precedence."""

    final: bool
    at: int
    """Milliseconds since 1970, by the clock of the service."""
    event_type: str


@record
class DeliveryEvent:
    """An event about one text of a campaign. `status` is the status that it reports."""

    campaign_id: str
    phone_number: str
    sms_message_id: str
    segments: int
    status: DeliveryStatus
    order: EventOrder


@record
class DeliveryRow:
    """The part of a row of the Deliveries table that decides whether an event takes effect."""

    status: DeliveryStatus
    sms_message_id: str | None
    segments: int | None
    """None until the service is known to have accepted the text.

    Then the segments count as spent.
    """
    event: EventOrder | None


def expected_row(event: DeliveryEvent) -> DeliveryRow:
    """Returns the row that an event nearly always finds: sent, without an earlier event.

    Writing against this row first saves a read.
    """
    return DeliveryRow(DeliveryStatus.SENT, event.sms_message_id, event.segments, None)


def takes_effect(event: DeliveryEvent, row: DeliveryRow) -> bool:
    """Returns whether the event changes the row."""
    if row.status not in _OPEN_TO_EVENTS:
        return False
    if row.sms_message_id is not None and row.sms_message_id != event.sms_message_id:
        return False
    # The service refused this text, so the event is about another one.
    refused_by_service = (
        row.status in (DeliveryStatus.FAILED, DeliveryStatus.BLOCKED_COUNTRY) and row.event is None
    )
    return not refused_by_service and (row.event is None or event.order > row.event)


def read_delivery_event(notification: str) -> DeliveryEvent | None:
    """Reads a delivery event from the SNS notification in the body of a queue message.

    Returns:
        The event; None if its text does not belong to a campaign, or its type does not report a delivery status.

    Raises:
        UnreadableEvent: the notification is not JSON, or a field is missing or of the wrong type.
    """
    event = _json_object(_field(_json_object(notification), "Message", str))
    event_type = _field(event, "eventType", str)
    context = event.get("context") or {}
    if not isinstance(context, dict):
        raise UnreadableEvent("context is not an object")
    if CAMPAIGN_ID_KEY not in context or event_type not in _STATUSES:
        return None
    return DeliveryEvent(
        campaign_id=_field(context, CAMPAIGN_ID_KEY, str),
        phone_number=_field(event, "destinationPhoneNumber", str),
        sms_message_id=_field(event, "messageId", str),
        segments=int(event.get("totalMessageParts") or 1),
        status=_STATUSES[event_type],
        order=_order(event, event_type),
    )


def _order(event: dict[str, Any], event_type: str) -> EventOrder:
    at = _field(event, "eventTimestamp", int)
    if event_type == _TEXT_UNKNOWN:
        # AWS marks it as final, but any event of a carrier is more informative.
        return EventOrder(False, 0, event_type)
    return EventOrder(event.get("isFinal") is True, at, event_type)


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        raise UnreadableEvent("not JSON") from None
    if not isinstance(value, dict):
        raise UnreadableEvent("not a JSON object")
    return value


def _field(event: dict[str, Any], name: str, kind: type) -> Any:
    value = event.get(name)
    if not isinstance(value, kind) or not value:
        raise UnreadableEvent(f"{name} is missing or of the wrong type")
    return value
