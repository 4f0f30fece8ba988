"""AWS End User Messaging SMS: sends one text in one attempt, and translates the response.

Source: SendTextMessage in the pinpoint-sms-voice-v2 API reference. It has no idempotency token. An error response means
that nothing was sent, except a server error: after it, as after a time-out, the text may have been sent.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from shift_sms_runtime.aws.clients import NO_RESPONSE
from shift_sms_runtime.messaging.outgoing_text import (
    CAMPAIGN_ID,
    DeliveryStatus,
    LimitReached,
    NotSent,
    OutgoingText,
    Refused,
    SendResult,
    Sent,
    Unknown,
)

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


class _Tracking(TypedDict, total=False):
    ConfigurationSetName: str
    Context: Mapping[str, str]


_THROTTLED = frozenset({"ThrottlingException", "TooManyRequestsException"})
_LIMIT = "ServiceQuotaExceededException"
_MAY_BE_ABOUT_ONE = frozenset({"ConflictException", "ValidationException"})
_ABOUT_ALL = frozenset({"RESOURCE_NOT_ACTIVE", "MESSAGE_TYPE_MISMATCH", "RESOURCE_NOT_FOUND"})
"""Other reasons of these exceptions may depend on the destination, such as a pool without a number for its country.
These reasons are the same for every destination."""
_REFUSALS = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": DeliveryStatus.OPTED_OUT,
    "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": DeliveryStatus.NOT_VERIFIED,
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": DeliveryStatus.BLOCKED_COUNTRY,
    "DESTINATION_COUNTRY_BLOCKED": DeliveryStatus.BLOCKED_COUNTRY,
    "COUNTRY_NOT_ENABLED": DeliveryStatus.BLOCKED_COUNTRY,
    "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": DeliveryStatus.FAILED,
    "INTERNATIONAL_SENDING_NOT_SUPPORTED": DeliveryStatus.FAILED,
    "PRICE_OVER_THRESHOLD": DeliveryStatus.FAILED,
    "MAXIMUM_SIZE_EXCEEDED": DeliveryStatus.FAILED,
    "CANNOT_PARSE": DeliveryStatus.FAILED,
}
"""Reasons that are about this destination or this text. So is every other reason that begins with DESTINATION_."""
_ABOUT_THE_DESTINATION = ("DestinationPhoneNumber", "MessageBody")


class EndUserMessaging:
    """Sends texts. The client must not retry: `clients.ONE_ATTEMPT`."""

    def __init__(self, client: "PinpointSMSVoiceV2Client", *, configuration_set: str | None = None) -> None:
        """`configuration_set` publishes the delivery events of texts of campaigns."""
        self._client = client
        self._configuration_set = configuration_set

    def send(self, text: OutgoingText) -> SendResult:
        """See `SmsSender.send`."""
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
            return NotSent(type(error).__name__, transient=True)
        except NO_RESPONSE as error:
            return Unknown(type(error).__name__)
        message_id = response.get("MessageId")
        return Sent(message_id) if message_id else Unknown("a response without a message id")

    def _tracking(self, text: OutgoingText) -> "_Tracking":
        if self._configuration_set is None or text.campaign_id is None:
            return {}
        return {"ConfigurationSetName": self._configuration_set, "Context": {CAMPAIGN_ID: text.campaign_id}}


def _meaning(error: ClientError) -> SendResult:
    code = error.response["Error"]["Code"]
    reason = str(error.response.get("Reason", code))
    if code in _THROTTLED:
        return NotSent(reason, transient=True)
    if code == _LIMIT:
        return LimitReached(reason)
    if reason in _REFUSALS or reason.startswith("DESTINATION_") or _blames_recipient(error):
        return Refused(_REFUSALS.get(reason, DeliveryStatus.FAILED), reason)
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
        return Unknown(reason)
    # Everything else has to be corrected by an operator, and the text waits until then.
    return NotSent(
        reason, transient=False, destination_specific=code in _MAY_BE_ABOUT_ONE and reason not in _ABOUT_ALL
    )


def _blames_recipient(error: ClientError) -> bool:
    """Returns whether a ValidationException names only the number or the body, and nothing that settings give."""
    fields = [str(field.get("Name")) for field in cast("dict[str, Any]", error.response).get("Fields") or ()]
    return bool(fields) and all(field in _ABOUT_THE_DESTINATION for field in fields)
