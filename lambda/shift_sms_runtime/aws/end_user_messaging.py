"""AWS End User Messaging SMS: sends one text in one attempt, and translates the response.

`SendTextMessage` has no idempotency token. After a client error, nothing was sent. After a server error or a timeout,
the text may have been sent. Source: SendTextMessage in the pinpoint-sms-voice-v2 API reference.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict, cast

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from shift_sms_runtime.aws.clients import NO_RESPONSE
from shift_sms_runtime.messaging.outgoing_text import (
    CAMPAIGN_ID_KEY,
    DEADLINE_PASSED,
    MIN_TIME_LEFT,
    DeliveryStatus,
    LimitReached,
    NotSent,
    OutgoingText,
    Refused,
    SendResult,
    Sent,
    Unknown,
)
from shift_sms_runtime.messaging.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client


class _Options(TypedDict, total=False):
    ConfigurationSetName: str
    Context: Mapping[str, str]
    TimeToLive: int


_MAX_TIME_TO_LIVE = timedelta(hours=72)
_THROTTLED = frozenset({"ThrottlingException", "TooManyRequestsException"})
_QUOTA_EXCEEDED = "ServiceQuotaExceededException"
_MAYBE_DESTINATION_SPECIFIC = frozenset({"ConflictException", "ValidationException"})
_NEVER_DESTINATION_SPECIFIC = frozenset(
    {"RESOURCE_NOT_ACTIVE", "MESSAGE_TYPE_MISMATCH", "RESOURCE_NOT_FOUND"}
)
"""Reasons of these exceptions that apply to every destination.

Other reasons may depend on the destination, such as a pool without a number for its country.
"""
_STATUS_BY_REASON = {
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
"""Reasons that concern this destination or this text.

Other reasons that begin with DESTINATION_ do too.
"""
_FIELDS_OF_ONE_TEXT = ("DestinationPhoneNumber", "MessageBody")


class EndUserMessaging:
    """Sends texts. The client must not retry: `clients.ONE_ATTEMPT`."""

    def __init__(
        self, client: "PinpointSMSVoiceV2Client", clock: Clock, *, configuration_set: str | None = None
    ) -> None:
        """`configuration_set` publishes the delivery events of campaign texts."""
        self._client = client
        self._clock = clock
        self._configuration_set = configuration_set

    def send(self, text: OutgoingText) -> SendResult:
        """See `SmsSender.send`. A text whose deadline is too near is not sent."""
        time_left = None if text.deadline is None else text.deadline - self._clock()
        if time_left is not None and time_left < MIN_TIME_LEFT:
            return Refused(DeliveryStatus.STOPPED, DEADLINE_PASSED)
        try:
            response = self._client.send_text_message(
                DestinationPhoneNumber=text.to,
                OriginationIdentity=text.origination_identity,
                MessageBody=text.body,
                **self._options(text, time_left),
            )
        except ClientError as error:
            return _translate(error)
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            return NotSent(type(error).__name__, transient=True)
        except NO_RESPONSE as error:
            return Unknown(type(error).__name__)
        sms_message_id = response.get("MessageId")
        return Sent(sms_message_id) if sms_message_id else Unknown("a response without a message id")

    def _options(self, text: OutgoingText, time_left: timedelta | None) -> "_Options":
        options: _Options = {}
        if self._configuration_set is not None and text.campaign_id is not None:
            options["ConfigurationSetName"] = self._configuration_set
            options["Context"] = {CAMPAIGN_ID_KEY: text.campaign_id}
        if time_left is not None:
            options["TimeToLive"] = min(time_left, _MAX_TIME_TO_LIVE) // timedelta(seconds=1)
        return options


def _translate(error: ClientError) -> SendResult:
    code = error.response["Error"]["Code"]
    reason = str(error.response.get("Reason", code))
    if code in _THROTTLED:
        return NotSent(reason, transient=True, throttled=True)
    if code == _QUOTA_EXCEEDED:
        return LimitReached(reason)
    if reason in _STATUS_BY_REASON or reason.startswith("DESTINATION_") or _concerns_only_this_text(error):
        return Refused(_STATUS_BY_REASON.get(reason, DeliveryStatus.FAILED), reason)
    if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
        return Unknown(reason)
    # An operator has to correct everything else. The text waits until then.
    destination_specific = code in _MAYBE_DESTINATION_SPECIFIC and reason not in _NEVER_DESTINATION_SPECIFIC
    return NotSent(reason, transient=False, destination_specific=destination_specific)


def _concerns_only_this_text(error: ClientError) -> bool:
    """Returns whether a ValidationException names only the phone number or the body.

    Settings affect neither.
    """
    fields = [str(field.get("Name")) for field in cast("dict[str, Any]", error.response).get("Fields") or ()]
    return bool(fields) and all(field in _FIELDS_OF_ONE_TEXT for field in fields)
