"""Tests StartOutboundVoiceContact with boto3."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.phone_network import INSTANCE, PHONE, RunningNetwork, account, running_network


def test_given_a_call_when_its_token_comes_again_then_same_contact_and_one_call(
    running: RunningNetwork,
) -> None:
    first = running.call(ClientToken="inbound-1", Attributes={"question": "Parking?"})
    again = running.call(ClientToken="inbound-1", Attributes={"question": "Parking?"})
    other = running.call(ClientToken="inbound-2")

    assert first == again != other
    call, _ = running.network.calls
    assert (call.contact_id, call.destination, call.instance_id) == (first, PHONE, INSTANCE)
    assert (call.queue_id, call.client_token, call.attributes) == (
        "queue-1",
        "inbound-1",
        {"question": "Parking?"},
    )


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"InstanceId": "unknown"}, "ResourceNotFoundException", 404),
        ({"ContactFlowId": "unknown"}, "ResourceNotFoundException", 404),
        ({"QueueId": "unknown"}, "ResourceNotFoundException", 404),
        ({"QueueId": None}, "InvalidRequestException", 400),
        ({"InstanceId": None}, "InvalidRequestException", 400),
        ({"DestinationPhoneNumber": 5}, "InvalidRequestException", 400),
        ({"DestinationPhoneNumber": "4255550101"}, "InvalidParameterException", 400),
        ({"SourcePhoneNumber": "+12065550198"}, "InvalidParameterException", 400),
        ({"RingTimeoutInSeconds": 5}, "InvalidParameterException", 400),
        ({"Attributes": {"two words": "x"}}, "InvalidParameterException", 400),
        ({"Attributes": {"a": "x" * 20_000, "b": "x" * 20_000}}, "InvalidParameterException", 400),
        ({"DestinationPhoneNumber": "+447700900123"}, "DestinationNotAllowedException", 403),
    ],
)
def test_given_a_call_connect_refuses_when_started_then_boto3_raises_as_documented(
    running: RunningNetwork, changes: dict[str, Any], code: str, status: int
) -> None:
    expected: type[ClientError] = getattr(running.connect.exceptions, code)
    with pytest.raises(expected) as raised:
        running.call(**changes)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert running.network.calls == ()


def test_given_a_source_number_of_the_instance_when_called_without_queue_then_ok(
    running: RunningNetwork,
) -> None:
    running.call(QueueId=None, SourcePhoneNumber="+12065550199")
    assert running.network.calls[0].source == "+12065550199"


def test_given_a_quota_of_one_call_when_a_second_is_started_then_limit_exceeded() -> None:
    owned = account()
    instance = replace(owned.connect_instances[0], max_calls=1)
    with running_network(replace(owned, connect_instances=(instance,))) as running:
        running.call(ClientToken="inbound-1")
        with pytest.raises(running.connect.exceptions.LimitExceededException):
            running.call(ClientToken="inbound-2")
        running.call(ClientToken="inbound-1")
        assert len(running.network.calls) == 1


def test_given_a_burst_of_five_calls_when_a_sixth_follows_then_too_many_requests(
    running: RunningNetwork,
) -> None:
    for _ in range(5):
        running.call()
    with pytest.raises(ClientError) as raised:
        running.call()
    assert raised.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert len(running.network.calls) == 5
