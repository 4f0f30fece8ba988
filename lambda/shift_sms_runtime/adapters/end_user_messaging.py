"""AWS End User Messaging SMS: one text, one attempt, and what its answer means.

Source: SendTextMessage in the pinpoint-sms-voice-v2 API reference. It has no idempotency token; an error that came back
says that nothing was sent, except a server's own failure, which leaves it open like a time-out does.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError

from shift_sms_runtime.domain.deliveries import (
    DeliveryStatus,
    LimitReached,
    NotSent,
    OutgoingText,
    Refused,
    SendResult,
    Sent,
    Unknown,
)
from shift_sms_runtime.domain.receipts import CAMPAIGN

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


class _Tracking(TypedDict, total=False):
    ConfigurationSetName: str
    Context: Mapping[str, str]


_THROTTLED = frozenset({"ThrottlingException", "TooManyRequestsException"})
_LIMIT = "ServiceQuotaExceededException"
_OURS = frozenset(
    {"SENDER_ID_NOT_REGISTERED", "SENDER_ID_NOT_SUPPORTED", "UNKNOWN_OPERATION", "MISSING_PARAMETER"}
)
"""Reasons of a ValidationException that our settings cause, not the destination or the text."""
_REFUSALS = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": DeliveryStatus.OPTED_OUT,
    "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": DeliveryStatus.NOT_VERIFIED,
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": DeliveryStatus.BLOCKED_COUNTRY,
    "DESTINATION_COUNTRY_BLOCKED": DeliveryStatus.BLOCKED_COUNTRY,
    "COUNTRY_NOT_ENABLED": DeliveryStatus.BLOCKED_COUNTRY,
}
"""Reasons with a status of their own; any other about a destination or a text is FAILED."""


class EndUserMessaging:
    """Sends texts. The client must not retry (``clients.ONE_ATTEMPT``)."""

    def __init__(self, client: "PinpointSMSVoiceV2Client", *, configuration_set: str | None = None) -> None:
        """``configuration_set`` is where the events of campaigns come from."""
        self._client = client
        self._configuration_set = configuration_set

    def send(self, text: OutgoingText) -> SendResult:
        """See ``SmsSender.send``."""
        try:
            response = self._client.send_text_message(
                DestinationPhoneNumber=text.to,
                OriginationIdentity=text.origination_identity,
                MessageBody=text.body,
                **self._tracking(text),
            )
        except ClientError as error:
            return _meaning(error)
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            return NotSent(type(error).__name__, passing=True)
        except HTTPClientError as error:
            return Unknown(type(error).__name__)
        return Sent(response["MessageId"])

    def _tracking(self, text: OutgoingText) -> "_Tracking":
        if self._configuration_set is None or text.campaign_id is None:
            return {}
        return {"ConfigurationSetName": self._configuration_set, "Context": {CAMPAIGN: text.campaign_id}}


def _meaning(error: ClientError) -> SendResult:
    code = error.response["Error"]["Code"]
    reason = str(error.response.get("Reason", code))
    if code in _THROTTLED:
        return NotSent(reason, passing=True)
    if code == _LIMIT:
        return LimitReached(reason)
    # About this destination or this text. Anything else is for somebody to mend, and the text waits for that.
    if (
        reason in _REFUSALS
        or reason.startswith("DESTINATION_")
        or (code == "ValidationException" and reason not in _OURS)
    ):
        return Refused(_REFUSALS.get(reason, DeliveryStatus.FAILED), reason)
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
        return Unknown(reason)
    return NotSent(reason, passing=False)
