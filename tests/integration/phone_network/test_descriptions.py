"""Tests the operations that describe the account, and that its configuration has its effects."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.phone_network import INSTANCE, OURS, PHONE, POOLED, RunningNetwork

TOPIC, OTHER_TOPIC = "arn:aws:sns:us-east-1:000000000000:inbound", "arn:aws:sns:us-east-1:000000000000:other"


def test_given_a_configured_number_when_described_then_it_is_as_configured(
    running: RunningNetwork,
) -> None:
    configuration = running.network.configuration
    configuration.connect_two_way(TOPIC)
    number = configuration.numbers["phone-1"]
    number.status, number.number_type, number.registration_id = "PENDING", "TEN_DLC", "registration-1"
    number.daily_caps = {"T-MOBILE": 2000}
    number.two_way.self_managed_opt_outs = True
    (described,) = running.sms.describe_phone_numbers(PhoneNumberIds=["phone-1"])["PhoneNumbers"]
    expected = {
        "Status": "PENDING",
        "NumberType": "TEN_DLC",
        "RegistrationId": "registration-1",
        "TwoWayEnabled": True,
        "TwoWayChannelArn": TOPIC,
        "SelfManagedOptOutsEnabled": True,
        "MessagingLimits": {"RateLimits": {"SMS": 100}, "DailyMessageCaps": {"T-MOBILE": 2000}},
    }
    assert {name: described.get(name) for name in expected} == expected


def test_given_pools_and_keywords_when_described_then_they_are_returned(
    running: RunningNetwork,
) -> None:
    running.network.configuration.registrations["registration-1"] = "COMPLETE"
    running.network.configuration.keywords["pool-1"]["START"] = "OPT_IN"
    (pool,) = running.sms.describe_pools(PoolIds=["pool-1"])["Pools"]
    assert (pool["PoolId"], pool["Status"], pool["TwoWayEnabled"]) == ("pool-1", "ACTIVE", True)
    keywords = running.sms.describe_keywords(OriginationIdentity="pool-1")["Keywords"]
    assert {one["Keyword"]: one["KeywordAction"] for one in keywords} == {
        "HELP": "AUTOMATIC_RESPONSE",
        "STOP": "OPT_OUT",
        "START": "OPT_IN",
    }
    (registration,) = running.sms.describe_registrations()["Registrations"]
    assert (registration["RegistrationId"], registration["RegistrationStatus"]) == (
        "registration-1",
        "COMPLETE",
    )


def test_given_limits_when_described_then_they_are_those_in_force(running: RunningNetwork) -> None:
    def limit() -> tuple[int, int]:
        (found,) = running.sms.describe_spend_limits()["SpendLimits"]
        return found["EnforcedLimit"], found["MaxLimit"]

    assert limit() == (1000, 1000)
    running.network.limits.spend_limit_parts = 5000
    assert limit() == (50, 1000)
    running.network.limits.sandbox = True
    (tier,) = running.sms.describe_account_attributes()["AccountAttributes"]
    assert tier == {"Name": "ACCOUNT_TIER", "Value": "SANDBOX"}


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("describe_pools", {"PoolIds": ["pool-9"]}, "ResourceNotFoundException"),
        ("describe_keywords", {"OriginationIdentity": "phone-9"}, "ResourceNotFoundException"),
        ("describe_keywords", {"OriginationIdentity": "pool-9"}, "ResourceNotFoundException"),
        ("describe_registrations", {"RegistrationIds": ["registration-9"]}, "ResourceNotFoundException"),
        ("describe_keywords", {}, "ValidationException"),
        ("describe_pools", {"MaxResults": 5}, "ValidationException"),
        ("describe_spend_limits", {"MaxResults": 1000}, "ValidationException"),
    ],
)
def test_given_what_cannot_be_described_when_asked_then_boto3_raises_as_documented(
    running: RunningNetwork, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as raised:
        getattr(running.sms, operation)(**parameters)
    assert raised.value.response["Error"]["Code"] == code


def test_given_a_connect_instance_when_described_then_its_resources_are_returned(
    running: RunningNetwork,
) -> None:
    instance = running.connect.describe_instance(InstanceId=INSTANCE)["Instance"]
    assert instance["InstanceStatus"] == "ACTIVE"
    flow = running.connect.describe_contact_flow(InstanceId=INSTANCE, ContactFlowId="flow-1")["ContactFlow"]
    assert (flow["State"], flow["Status"]) == ("ACTIVE", "PUBLISHED")
    queue = running.connect.describe_queue(InstanceId=INSTANCE, QueueId="queue-1")["Queue"]
    assert queue["Status"] == "ENABLED"

    def numbers(prefix: str) -> list[str]:
        found = running.connect.list_phone_numbers_v2(InstanceId=INSTANCE, PhoneNumberPrefix=prefix)
        return [one["PhoneNumber"] for one in found["ListPhoneNumbersSummaryList"]]

    assert (numbers("+1206"), numbers("+49")) == (["+12065550199"], [])


def test_given_a_flow_that_is_not_published_when_described_then_connect_says_so(
    running: RunningNetwork,
) -> None:
    running.network.configuration.connect[INSTANCE].unpublished_flows.add("flow-1")
    with pytest.raises(running.connect.exceptions.ContactFlowNotPublishedException):
        running.connect.describe_contact_flow(InstanceId=INSTANCE, ContactFlowId="flow-1")


def test_given_a_number_without_the_topic_when_texted_then_nothing_is_published(
    running: RunningNetwork,
) -> None:
    configuration = running.network.configuration
    configuration.connect_two_way(TOPIC)
    running.network.send_from_phone(PHONE, "heard", OURS)
    number, pool = configuration.numbers["phone-1"].two_way, configuration.pools["pool-1"].two_way
    number.channel_arn = OTHER_TOPIC
    running.network.send_from_phone(PHONE, "lost", OURS)
    number.channel_arn, number.enabled = TOPIC, False
    running.network.send_from_phone(PHONE, "lost", OURS)
    configuration.numbers["phone-2"].two_way.enabled = False
    running.network.send_from_phone(PHONE, "heard by the pool", POOLED)
    pool.enabled = False
    running.network.send_from_phone(PHONE, "lost", POOLED)
    assert [one["messageBody"] for one in running.published] == ["heard", "heard by the pool"]
