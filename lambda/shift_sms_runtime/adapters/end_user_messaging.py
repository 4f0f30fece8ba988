"""AWS End User Messaging SMS: one text, one attempt, and what its answer means.

Source: SendTextMessage in the pinpoint-sms-voice-v2 API reference. It has no idempotency token; an error that came back
says that nothing was sent, except a server's own failure, which leaves it open like a time-out does.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError

from shift_sms_runtime.domain.deliveries import (
    DeliveryStatus,
    NotSent,
    OutgoingText,
    Refused,
    SendResult,
    Sent,
    Unknown,
)

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

_THROTTLED = frozenset({"ThrottlingException", "TooManyRequestsException"})
_OURS = frozenset(
    {"SENDER_ID_NOT_REGISTERED", "SENDER_ID_NOT_SUPPORTED", "UNKNOWN_OPERATION", "MISSING_PARAMETER"}
)
"""Reasons of a ValidationException that our settings cause, not the destination or the text."""
_OPTED_OUT = "DESTINATION_PHONE_NUMBER_OPTED_OUT"


class EndUserMessaging:
    """Sends texts. The client must not retry (``clients.ONE_ATTEMPT``)."""

    def __init__(self, client: "PinpointSMSVoiceV2Client") -> None:
        self._client = client

    def send(self, text: OutgoingText) -> SendResult:
        """See ``SmsSender.send``."""
        try:
            response = self._client.send_text_message(
                DestinationPhoneNumber=text.to,
                OriginationIdentity=text.origination_identity,
                MessageBody=text.body,
            )
        except ClientError as error:
            return _meaning(error)
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            return NotSent(type(error).__name__, passing=True)
        except HTTPClientError as error:
            return Unknown(type(error).__name__)
        return Sent(response["MessageId"])


def _meaning(error: ClientError) -> SendResult:
    code = error.response["Error"]["Code"]
    reason = str(error.response.get("Reason", code))
    if code in _THROTTLED:
        return NotSent(reason, passing=True)
    if reason == _OPTED_OUT:
        return Refused(DeliveryStatus.OPTED_OUT, reason)
    # About this destination or this text. Anything else is for somebody to mend, and the text waits for that.
    if reason.startswith("DESTINATION_") or (code == "ValidationException" and reason not in _OURS):
        return Refused(DeliveryStatus.FAILED, reason)
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
        return Unknown(reason)
    return NotSent(reason, passing=False)
