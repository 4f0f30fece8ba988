"""Tests how each response of Amazon Pinpoint is translated."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError, SSLError

from shift_sms_runtime.aws.clients import ONE_ATTEMPT
from shift_sms_runtime.aws.pinpoint import Pinpoint
from shift_sms_runtime.campaigns.pinpoint_engine import PinpointBusy, PinpointOutcomeUnknown, PinpointRefused
from tests.support.aws_clients import UNREADABLE, client_answered_with


@pytest.mark.parametrize("body", UNREADABLE)
def test_given_an_unreadable_response_when_created_then_the_outcome_is_unknown(
    session: boto3.Session, body: bytes
) -> None:
    client = client_answered_with(session, "pinpoint", 200, body)
    with pytest.raises(PinpointOutcomeUnknown):
        Pinpoint(client, application_id="a", segment_id="s").create(name="c", message="x")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (EndpointConnectionError(endpoint_url="x"), PinpointRefused),
        (ConnectTimeoutError(endpoint_url="x"), PinpointBusy),
        (SSLError(endpoint_url="x", error=OSError("bad record")), PinpointOutcomeUnknown),
        (ReadTimeoutError(endpoint_url="x"), PinpointOutcomeUnknown),
    ],
)
def test_given_an_error_without_response_when_created_then_it_is_translated(
    session: boto3.Session, error: Exception, raised: type[Exception]
) -> None:
    client = session.client("pinpoint", config=ONE_ATTEMPT)

    def fail(**_: Any) -> None:
        raise error

    client.meta.events.register("before-call", fail)
    with pytest.raises(raised, match=type(error).__name__):
        Pinpoint(client, application_id="a", segment_id="s").create(name="c", message="x")
