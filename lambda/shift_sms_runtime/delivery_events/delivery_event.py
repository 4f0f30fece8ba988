"""Delivery events of AWS End User Messaging: what one says about a text, and which of two wins.

Events arrive late, twice and in any order. A final event wins over one that is not, and otherwise the later one wins.
TEXT_UNKNOWN wins over no other event. Source: "Event types" and "Example event data" for configuration sets in the AWS
End User Messaging user guide.
"""

import json
from dataclasses import dataclass
from typing import Any

from shift_sms_runtime.messaging.outgoing_text import CAMPAIGN_ID_KEY, DeliveryStatus

_UNKNOWN = "TEXT_UNKNOWN"


_STATUSES = {
    "TEXT_PENDING": DeliveryStatus.SENT,
    "TEXT_QUEUED": DeliveryStatus.SENT,
    "TEXT_SENT": DeliveryStatus.SENT,
    # Some carriers report only that they took the text. AWS uses these two interchangeably, by country.
    "TEXT_SUCCESSFUL": DeliveryStatus.DELIVERED,
    "TEXT_DELIVERED": DeliveryStatus.DELIVERED,
    # No carrier has reported a final status within three days. The text was sent, and no event will say more.
    _UNKNOWN: DeliveryStatus.SENT,
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


_SETTLED_BY_EVENTS = frozenset(
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
    """The record is no delivery event. The message names the field that is wrong, never its value."""


@dataclass(frozen=True, order=True)
class EventOrder:
    """The order of two events of one text: the greater one wins."""

    final: bool
    at: int
    """Milliseconds since 1970, by the clock of AWS."""
    event_type: str


@dataclass(frozen=True)
class DeliveryEvent:
    """One event about one text of a campaign. `status` is the status that it reports."""

    campaign_id: str
    phone_number: str
    message_id: str
    segments: int
    status: DeliveryStatus
    order: EventOrder


@dataclass(frozen=True)
class DeliveryRow:
    """A row of the Deliveries table, as far as it decides about an event."""

    status: DeliveryStatus
    message_id: str | None
    segments: int | None
    """None until the service is known to have taken the text; then the segments are counted as spent."""
    event: EventOrder | None


def usual_row(event: DeliveryEvent) -> DeliveryRow:
    """Returns the row that an event finds nearly always: sent, and without an earlier event.

    Assuming it saves a read.
    """
    return DeliveryRow(DeliveryStatus.SENT, event.message_id, event.segments, None)


def changes(event: DeliveryEvent, row: DeliveryRow) -> bool:
    """Returns whether the event changes the row."""
    if row.status not in _SETTLED_BY_EVENTS:
        return False
    if row.message_id is not None and row.message_id != event.message_id:
        return False
    # The service itself has refused this text, so the event is about another one.
    refused = row.status in (DeliveryStatus.FAILED, DeliveryStatus.BLOCKED_COUNTRY) and row.event is None
    return not refused and (row.event is None or event.order > row.event)


def read_delivery_event(notification: str) -> DeliveryEvent | None:
    """Reads the SNS notification in the body of a message of the events queue.

    Returns:
        The event; None if its text belongs to no campaign, or its type says nothing about the status of the text.

    Raises:
        UnreadableEvent: the notification is not JSON, or a field is missing or of the wrong type.
    """
    event = _json_object(_field(_json_object(notification), "Message", str))
    event_type = _field(event, "eventType", str)
    context = event.get("context") or {}
    if not isinstance(context, dict):
        raise UnreadableEvent("context is no object")
    if CAMPAIGN_ID_KEY not in context or event_type not in _STATUSES:
        return None
    return DeliveryEvent(
        campaign_id=_field(context, CAMPAIGN_ID_KEY, str),
        phone_number=_field(event, "destinationPhoneNumber", str),
        message_id=_field(event, "messageId", str),
        segments=int(event.get("totalMessageParts") or 1),
        status=_STATUSES[event_type],
        order=_order(event, event_type),
    )


def _order(event: dict[str, Any], event_type: str) -> EventOrder:
    at = _field(event, "eventTimestamp", int)
    if event_type == _UNKNOWN:
        # It is final and late, but says less than any event of a carrier.
        return EventOrder(False, 0, event_type)
    return EventOrder(event.get("isFinal") is True, at, event_type)


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        raise UnreadableEvent("not JSON") from None
    if not isinstance(value, dict):
        raise UnreadableEvent("no JSON object")
    return value


def _field(event: dict[str, Any], name: str, kind: type) -> Any:
    value = event.get(name)
    if not isinstance(value, kind) or not value:
        raise UnreadableEvent(f"{name} is missing or of the wrong type")
    return value
