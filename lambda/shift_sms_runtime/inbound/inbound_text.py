"""A text from a phone, as it reaches us: AWS's two-way SMS payload inside an SNS notification.

Source: "Two-way SMS message payload" in the AWS End User Messaging user guide. The payload carries no time of its own.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164


class UnreadableText(ValueError):
    """The event is not a two-way SMS notification. The message names what is missing, never what was there."""


@dataclass(frozen=True)
class InboundText:
    """One text. ``sender`` is E.164, or None where the sender is no phone number (a short code, a name)."""

    message_id: str
    sender: str | None
    recipient: str
    """The number of ours that was texted: the answer leaves from it."""
    body: str
    sent_at: datetime | None = None
    """When SNS took it: texts arrive in any order. None where the notification does not say."""
    answers_to: str | None = None
    """The service's id of the text of ours that it answers; None where the payload does not say."""


def read_notification(notification: str) -> InboundText:
    """Read the SNS notification that the inbound queue holds.

    Raises:
        UnreadableText: it is not JSON, or a field is missing or of the wrong type.
    """
    envelope = _json_object(notification, "notification")
    payload = _json_object(_text(envelope, "Message"), "Message")
    try:
        sender = to_e164(_text(payload, "originationNumber"))
    except NotAPhoneNumber:
        sender = None
    return InboundText(
        message_id=_text(payload, "inboundMessageId"),
        sender=sender,
        recipient=_text(payload, "destinationNumber"),
        body=_text(payload, "messageBody", may_be_empty=True),
        sent_at=_time(envelope.get("Timestamp")),
        answers_to=_optional_text(payload, "previousPublishedMessageId"),
    )


def _time(value: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _json_object(text: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        raise UnreadableText(f"{name} is not JSON") from None
    if not isinstance(value, dict):
        raise UnreadableText(f"{name} is no JSON object")
    return value


def _optional_text(payload: dict[str, Any], field: str) -> str | None:
    value = payload.get(field)
    return value if isinstance(value, str) and value else None


def _text(payload: dict[str, Any], field: str, *, may_be_empty: bool = False) -> str:
    value = payload.get(field)
    if not isinstance(value, str) or not (value or may_be_empty):
        raise UnreadableText(f"{field} is missing or no text")
    return value
