"""Tests which permissions are checked, and the error of a denied caller."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from lab.phone_network import AccessDeniedError
from tests.support.phone_network import ARN_PREFIX, INSTANCE, REGION, RunningNetwork, running_network


def refuse(_key: str, action: str, resource: str) -> None:
    raise AccessDeniedError(f"User: someone is not authorized to perform: {action} on resource: {resource}")


@pytest.mark.parametrize(
    ("attempt", "status", "action"),
    [
        (RunningNetwork.send, 400, "sms-voice:SendTextMessage"),
        (RunningNetwork.call, 403, "connect:StartOutboundVoiceContact"),
        (RunningNetwork.campaign, 403, "mobiletargeting:CreateCampaign"),
    ],
)
def test_given_no_permission_when_called_then_access_denied_and_no_effect(
    attempt: Callable[[RunningNetwork], str], status: int, action: str
) -> None:
    with running_network(authorize=refuse) as running:
        with pytest.raises(ClientError, match=f"not authorized to perform: {action}") as raised:
            attempt(running)
        assert raised.value.response["Error"]["Code"] == "AccessDeniedException"
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert (running.network.texts, running.network.calls, running.network.campaigns) == ((), (), ())


def test_given_each_call_when_allowed_then_iam_was_asked_about_its_resource() -> None:
    checked: list[tuple[str, str, str]] = []
    with running_network(
        authorize=lambda *arguments: checked.append(arguments), access_key_id="ASIAKEY"
    ) as running:
        running.send()
        running.send(OriginationIdentity="pool-1", ConfigurationSetName="events")
        running.sms.send_text_message(DestinationPhoneNumber="+14255550101", MessageBody="hello")
        running.call()
        running.campaign()
        running.sms.describe_phone_numbers()
    send = "sms-voice:SendTextMessage"
    assert checked == [
        ("ASIAKEY", send, f"{ARN_PREFIX}:phone-number/phone-1"),
        ("ASIAKEY", send, f"{ARN_PREFIX}:pool/pool-1"),
        ("ASIAKEY", send, f"{ARN_PREFIX}:configuration-set/events"),
        ("ASIAKEY", send, "*"),
        (
            "ASIAKEY",
            "connect:StartOutboundVoiceContact",
            f"arn:aws:connect:{REGION}:000000000000:instance/{INSTANCE}",
        ),
        (
            "ASIAKEY",
            "mobiletargeting:CreateCampaign",
            f"arn:aws:mobiletargeting:{REGION}:000000000000:apps/application1",
        ),
        ("ASIAKEY", "sms-voice:DescribePhoneNumbers", f"{ARN_PREFIX}:phone-number/*"),
    ]


@pytest.mark.parametrize(
    ("identity", "resource"),
    [
        ("+12065550999", "phone-number/+12065550999"),
        ("phone-9", "phone-number/phone-9"),
        ("pool-9", "pool/pool-9"),
        (f"{ARN_PREFIX}:pool/pool-9", "pool/pool-9"),
    ],
)
def test_given_an_unknown_identity_when_texting_then_iam_is_asked_first(identity: str, resource: str) -> None:
    with running_network(authorize=refuse) as running, pytest.raises(ClientError) as raised:
        running.send(OriginationIdentity=identity)
    assert f"on resource: {ARN_PREFIX}:{resource}" in str(raised.value)
