"""Tests how each response of the SMS service is translated."""

from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from shift_sms_runtime.aws.end_user_messaging import EndUserMessaging
from shift_sms_runtime.messaging.outgoing_text import (
    DEADLINE_PASSED,
    DeliveryStatus,
    NotSent,
    OutgoingText,
    Refused,
    Sent,
    Unknown,
)
from shift_sms_runtime.messaging.send_once import TryAgainLater
from tests.support.aws_clients import UNREADABLE, client_answered_with
from tests.support.campaign_world import OUR_NUMBER, assert_all_settled, planned_campaign
from tests.support.clock import NOON, Clock
from tests.support.memory.phones import MemoryPhones


class FakeClient:
    """Accepts every text, or raises `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.requests: list[dict[str, Any]] = []

    def send_text_message(self, **request: Any) -> dict[str, str]:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return {"MessageId": f"sms-{len(self.requests)}"}


class PhonesBehindClient(MemoryPhones):
    """Phones that are texted through a client."""

    def __init__(self, client: FakeClient) -> None:
        super().__init__()
        self.send = EndUserMessaging(client, Clock()).send  # type: ignore[arg-type, method-assign]


def aws_error(code: str, reason: str | None = None, http_status: int = 400) -> ClientError:
    """Returns an error of the API as botocore raises it."""
    response: Any = {
        "Error": {"Code": code, "Message": "about +14255550100"},
        "ResponseMetadata": {"HTTPStatusCode": http_status},
        **({"Reason": reason} if reason else {}),
    }
    return ClientError(response, "SendTextMessage")


CONFLICT, INVALID, QUOTA, DENIED = (
    "ConflictException",
    "ValidationException",
    "ServiceQuotaExceededException",
    "AccessDeniedException",
)

WAITS = DeliveryStatus.QUEUED
"""An operator has to act first: the record fails, and the text waits."""


@pytest.mark.parametrize(
    ("code", "reason", "status"),
    [
        (CONFLICT, "DESTINATION_PHONE_NUMBER_OPTED_OUT", DeliveryStatus.OPTED_OUT),
        (CONFLICT, "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", DeliveryStatus.NOT_VERIFIED),
        (
            CONFLICT,
            "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
            DeliveryStatus.BLOCKED_COUNTRY,
        ),
        (
            CONFLICT,
            "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
            DeliveryStatus.FAILED,
        ),
        (CONFLICT, "NO_ORIGINATION_IDENTITIES_FOUND", WAITS),
        (CONFLICT, "MESSAGE_TYPE_MISMATCH", WAITS),
        (CONFLICT, "NUMBER_CAPABILITIES_MISMATCH", WAITS),
        (CONFLICT, "RESOURCE_NOT_ACTIVE", WAITS),
        (INVALID, "DESTINATION_COUNTRY_BLOCKED", DeliveryStatus.BLOCKED_COUNTRY),
        (INVALID, "COUNTRY_NOT_ENABLED", DeliveryStatus.BLOCKED_COUNTRY),
        (INVALID, "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", DeliveryStatus.FAILED),
        (INVALID, "INTERNATIONAL_SENDING_NOT_SUPPORTED", DeliveryStatus.FAILED),
        (INVALID, "PRICE_OVER_THRESHOLD", DeliveryStatus.FAILED),
        (INVALID, "CANNOT_PARSE", DeliveryStatus.FAILED),
        (INVALID, "INVALID_PARAMETER", WAITS),
        (INVALID, "MAXIMUM_SIZE_EXCEEDED", DeliveryStatus.FAILED),
        (INVALID, None, WAITS),
        (INVALID, "SENDER_ID_NOT_REGISTERED", WAITS),
        (INVALID, "SENDER_ID_NOT_SUPPORTED", WAITS),
        (QUOTA, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", DeliveryStatus.STOPPED),
        (QUOTA, "DAILY_DESTINATION_CALL_LIMIT", DeliveryStatus.STOPPED),
        ("ResourceNotFoundException", None, WAITS),
        (DENIED, "INSUFFICIENT_ACCOUNT_REPUTATION", WAITS),
        (DENIED, "ACCOUNT_DISABLED", WAITS),
        (DENIED, None, WAITS),
    ],
)
def test_given_an_error_response_when_sent_then_the_row_has_its_status_and_reason(
    code: str, reason: str | None, status: DeliveryStatus
) -> None:
    client = FakeClient(aws_error(code, reason))
    world = planned_campaign(1, phones=PhonesBehindClient(client))
    if status is WAITS:
        with pytest.raises(TryAgainLater):
            world.send()
    else:
        world.send()
        assert_all_settled(world)
    (row,) = world.rows().values()
    assert (row.status, row.reason) == (status, reason or code)
    assert len(client.requests) == 1, "one attempt, and no retry"
    assert ("campaign_error" in world.campaigns.rows["c"]) is (status is DeliveryStatus.STOPPED)


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (aws_error("ThrottlingException", http_status=429), True),
        (aws_error("TooManyRequestsException", http_status=429), True),
        (ConnectTimeoutError(endpoint_url="x"), True),
        (EndpointConnectionError(endpoint_url="x"), True),
        (aws_error("InternalServerException", http_status=500), False),
        (ReadTimeoutError(endpoint_url="x"), False),
        (ConnectionClosedError(endpoint_url="x"), False),
        (SSLError(endpoint_url="x", error=OSError("bad record")), False),
    ],
)
def test_given_an_error_when_a_text_is_sent_then_retried_only_if_surely_not_sent(
    error: Exception, transient: bool
) -> None:
    client = FakeClient(error)
    result = EndUserMessaging(client, Clock()).send(OutgoingText("+14255550100", OUR_NUMBER, "x", "c"))  # type: ignore[arg-type]
    assert isinstance(result, NotSent if transient else Unknown)
    if isinstance(result, NotSent):
        assert result.transient


@pytest.mark.parametrize("body", UNREADABLE)
def test_given_an_unreadable_response_when_a_text_is_sent_then_settled_as_unknown(
    session: boto3.Session, body: bytes
) -> None:
    world = planned_campaign(1, phones=MemoryPhones())
    sms = EndUserMessaging(client_answered_with(session, "pinpoint-sms-voice-v2", 200, body), Clock())
    world.phones.send = sms.send  # type: ignore[method-assign]
    world.send()
    assert set(world.statuses().values()) == {DeliveryStatus.UNKNOWN}
    assert_all_settled(world)


@pytest.mark.parametrize(
    ("error", "destination_specific"),
    [
        (aws_error(CONFLICT, "NO_ORIGINATION_IDENTITIES_FOUND"), True),
        (aws_error(CONFLICT, "NUMBER_CAPABILITIES_MISMATCH"), True),
        (aws_error(INVALID, "SENDER_ID_NOT_SUPPORTED"), True),
        (aws_error(INVALID, "INVALID_PARAMETER"), True),
        (aws_error(INVALID, "OTHER"), True),
        (aws_error("ResourceNotFoundException", http_status=404), False),
        (aws_error(DENIED, "ACCOUNT_DISABLED", http_status=403), False),
        (aws_error("UnrecognizedClientException", http_status=403), False),
    ],
)
def test_given_an_error_for_the_operator_when_sent_then_destination_specific_or_not(
    error: ClientError, destination_specific: bool
) -> None:
    sms = EndUserMessaging(FakeClient(error), Clock())  # type: ignore[arg-type]
    result = sms.send(OutgoingText("+14255550100", OUR_NUMBER, "x", "c"))
    assert isinstance(result, NotSent)
    assert (result.transient, result.destination_specific) == (False, destination_specific)


def test_given_a_campaign_text_when_sent_then_its_events_can_be_matched_to_it() -> None:
    client = FakeClient()
    sms = EndUserMessaging(client, Clock(), configuration_set="shift-sms")  # type: ignore[arg-type]
    sms.send(OutgoingText("+14255550100", OUR_NUMBER, "x", "c"))
    sms.send(OutgoingText("+14255550100", OUR_NUMBER, "x"))
    of_campaign, other = client.requests
    assert of_campaign == other | {"ConfigurationSetName": "shift-sms", "Context": {"campaign_id": "c"}}
    assert other == {
        "DestinationPhoneNumber": "+14255550100",
        "OriginationIdentity": OUR_NUMBER,
        "MessageBody": "x",
    }


@pytest.mark.parametrize(
    ("seconds_left", "time_to_live"),
    [(5, 5), (5.9, 5), (60, 60), (259_200, 259_200), (259_201, 259_200), (1e7, 259_200)],
)
def test_given_a_deadline_when_sent_then_the_text_expires_at_it(
    seconds_left: float, time_to_live: int
) -> None:
    client, deadline = FakeClient(), NOON + timedelta(seconds=seconds_left)
    sms = EndUserMessaging(client, Clock())  # type: ignore[arg-type]
    assert sms.send(OutgoingText("+14255550100", OUR_NUMBER, "x", deadline=deadline)) == Sent("sms-1")
    assert client.requests[0]["TimeToLive"] == time_to_live


@pytest.mark.parametrize("seconds_left", [4.9, 0, -60])
def test_given_a_deadline_that_is_too_near_when_sent_then_nothing_is_requested(seconds_left: float) -> None:
    client, deadline = FakeClient(), NOON + timedelta(seconds=seconds_left)
    sms = EndUserMessaging(client, Clock())  # type: ignore[arg-type]
    result = sms.send(OutgoingText("+14255550100", OUR_NUMBER, "x", deadline=deadline))
    assert result == Refused(DeliveryStatus.STOPPED, DEADLINE_PASSED)
    assert client.requests == []


def test_given_no_deadline_when_sent_then_the_request_has_no_time_to_live() -> None:
    client = FakeClient()
    EndUserMessaging(client, Clock()).send(OutgoingText("+14255550100", OUR_NUMBER, "x"))  # type: ignore[arg-type]
    assert "TimeToLive" not in client.requests[0]
