"""An inbound text, read from AWS's two-way SMS payload inside an SNS notification.

Source: "Two-way SMS message payload" in the AWS End User Messaging SMS user guide. The payload has no time of its own.
"""

import json
from datetime import datetime
from typing import Any

from shift_sms_runtime.language.carrier_keywords import CARRIER_KEYWORDS
from shift_sms_runtime.language.shift_codes import candidate_ids
from shift_sms_runtime.messaging.phone_numbers import NotAPhoneNumber, to_e164
from shift_sms_runtime.messaging.time_zones import read_utc_time
from shift_sms_runtime.records import record

MAX_CANDIDATE_IDS = 80
"""The number of ids that are read for one text.

They are 25 codes in two spellings, and pairs of words that may be one code.
"""


class UnreadableText(ValueError):
    """A message is not a two-way SMS notification.

    The error names the wrong field and quotes no value.
    """


@record
class InboundText:
    """One text from a phone."""

    message_id: str
    sender: str
    """E.164; empty if the sender is not a phone number but a short code or a name."""
    reply_from: str
    """Our number that the employee texted. The reply is sent from it."""
    body: str
    sent_at: datetime | None = None
    """When SNS received it; None if the notification has no time.

    Texts may arrive in another order.
    """
    in_reply_to: str | None = None
    """The service's id of our text to which it replies; None if the payload has none."""
    answered_by_service: bool = False
    """Whether the service has replied.

    It replies to texts that begin with a keyword of the number, such as START.
    """

    @property
    def candidate_ids(self) -> tuple[str, ...]:
        """The shift ids that the text may name, to be read by key."""
        return candidate_ids(self.body, most=MAX_CANDIDATE_IDS)


def read_notification(notification: str) -> InboundText:
    """Reads the SNS notification in a message of the inbound queue.

    Raises:
        UnreadableText: the notification is not JSON, or a field is missing or of the wrong type.
    """
    envelope = _json_object(notification, "notification")
    payload = _json_object(_string(envelope, "Message"), "Message")
    try:
        sender = to_e164(_string(payload, "originationNumber"))
    except NotAPhoneNumber:
        sender = ""
    return InboundText(
        message_id=_string(payload, "inboundMessageId"),
        sender=sender,
        reply_from=_string(payload, "destinationNumber"),
        body=_string(payload, "messageBody", may_be_empty=True),
        sent_at=read_utc_time(envelope.get("Timestamp")),
        in_reply_to=_optional_string(payload, "previousPublishedMessageId"),
        answered_by_service=(_optional_string(payload, "messageKeyword") or "").upper() in CARRIER_KEYWORDS,
    )


def _json_object(text: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        raise UnreadableText(f"{name} is not JSON") from None
    if not isinstance(value, dict):
        raise UnreadableText(f"{name} is not a JSON object")
    return value


def _optional_string(payload: dict[str, Any], field: str) -> str | None:
    value = payload.get(field)
    return value if isinstance(value, str) and value else None


def _string(payload: dict[str, Any], field: str, *, may_be_empty: bool = False) -> str:
    value = payload.get(field)
    if not isinstance(value, str) or not (value or may_be_empty):
        raise UnreadableText(f"{field} is missing or not a string")
    return value
