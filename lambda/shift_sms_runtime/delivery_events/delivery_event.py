"""What a delivery event of AWS End User Messaging says, and what it changes.

Events come late, twice and in any order; of two the one that is final wins, then the one that AWS wrote later; one that
says that nobody knows wins over none. Source: "Event types" and "Example event data" for configuration sets in the AWS
End User Messaging user guide.
"""

import json
from dataclasses import dataclass
from typing import Any

from shift_sms_runtime.messaging.outgoing_text import CAMPAIGN_ID, DeliveryStatus

_NOBODY_KNOWS = "TEXT_UNKNOWN"


_STATUSES = {
    "TEXT_PENDING": DeliveryStatus.SENT,
    "TEXT_QUEUED": DeliveryStatus.SENT,
    "TEXT_SENT": DeliveryStatus.SENT,
    # Carriers that report no more than that they took it; AWS uses the two interchangeably, by country.
    "TEXT_SUCCESSFUL": DeliveryStatus.DELIVERED,
    "TEXT_DELIVERED": DeliveryStatus.DELIVERED,
    # No carrier said anything final for three days: the text was sent, and that is all that will ever be known.
    _NOBODY_KNOWS: DeliveryStatus.SENT,
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
    """The record is no delivery event. The message names what is missing, never what was there."""


@dataclass(frozen=True, order=True)
class EventOrder:
    """What decides between two events of one text: the greater stays."""

    final: bool
    at: int
    """Milliseconds since 1970, by AWS's clock."""
    event_type: str


@dataclass(frozen=True)
class DeliveryEvent:
    """One event about one text of a campaign, and what it says became of the text."""

    campaign_id: str
    phone_number: str
    message_id: str
    segments: int
    status: DeliveryStatus
    order: EventOrder


@dataclass(frozen=True)
class DeliveryRow:
    """What a ledger row says when an event comes."""

    status: DeliveryStatus
    message_id: str | None
    segments: int | None
    """None until it is known that the text was taken, and counted as spent."""
    event: EventOrder | None


def usual_row(receipt: DeliveryEvent) -> DeliveryRow:
    """The row that an event nearly always finds: sent, and not heard of since."""
    return DeliveryRow(DeliveryStatus.SENT, receipt.message_id, receipt.segments, None)


def changes(receipt: DeliveryEvent, row: DeliveryRow) -> bool:
    """Whether the event is news for this row."""
    if row.status not in _SETTLED_BY_EVENTS:
        return False
    if row.message_id is not None and row.message_id != receipt.message_id:
        return False
    # A refusal of the service itself: no text, so the event is another one's.
    refused = row.status in (DeliveryStatus.FAILED, DeliveryStatus.BLOCKED_COUNTRY) and row.event is None
    return not refused and (row.event is None or receipt.order > row.event)


def read_delivery_event(notification: str) -> DeliveryEvent | None:
    """Read the SNS notification that the events queue holds; None where the text is of no campaign, or the event says
    nothing about what became of it.

    Raises:
        UnreadableEvent: it is not JSON, or a field is missing or of the wrong type.
    """
    event = _json_object(_field(_json_object(notification), "Message", str))
    event_type = _field(event, "eventType", str)
    context = event.get("context") or {}
    if not isinstance(context, dict):
        raise UnreadableEvent("context is no object")
    if CAMPAIGN_ID not in context or event_type not in _STATUSES:
        return None
    return DeliveryEvent(
        campaign_id=_field(context, CAMPAIGN_ID, str),
        phone_number=_field(event, "destinationPhoneNumber", str),
        message_id=_field(event, "messageId", str),
        segments=int(event.get("totalMessageParts") or 1),
        status=_STATUSES[event_type],
        order=_order(event, event_type),
    )


def _order(event: dict[str, Any], event_type: str) -> EventOrder:
    at = _field(event, "eventTimestamp", int)
    if event_type == _NOBODY_KNOWS:
        # It is final and late, and takes back nothing that a carrier has said before.
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
