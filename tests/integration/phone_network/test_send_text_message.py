"""Tests SendTextMessage with boto3."""

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.phone_network import PhoneNumber, Pool
from tests.support.phone_network import (
    ARN_PREFIX,
    OURS,
    PHONE,
    POOLED,
    RunningNetwork,
    account,
    running_network,
)


@pytest.mark.parametrize(
    ("identity", "leaves_from"),
    [
        (OURS, OURS),
        ("phone-1", OURS),
        (f"{ARN_PREFIX}:phone-number/phone-1", OURS),
        ("pool-1", POOLED),
        (f"{ARN_PREFIX}:pool/pool-1", POOLED),
    ],
)
def test_given_an_identity_of_ours_when_a_text_is_sent_then_the_phone_has_it(
    running: RunningNetwork, identity: str, leaves_from: str
) -> None:
    message_id = running.send(
        "Shifts!",
        OriginationIdentity=identity,
        Context={"campaign": "c1"},
        ConfigurationSetName="events",
        MessageType="TRANSACTIONAL",
        TimeToLive=300,
    )

    text = running.network.wait_for_text(PHONE, timeout=0)
    assert text.message_id == message_id
    assert (text.origination, text.destination, text.body) == (leaves_from, PHONE, "Shifts!")
    assert (text.encoding, text.parts, text.context) == ("GSM", 1, {"campaign": "c1"})
    assert text.time_to_live == 300
    assert running.network.texts == running.network.inbox(PHONE) == (text,)


def test_given_no_identity_when_a_text_is_sent_then_it_leaves_from_a_number_of_ours(
    running: RunningNetwork,
) -> None:
    running.sms.send_text_message(DestinationPhoneNumber=PHONE.removeprefix("+"), MessageBody="hello")
    assert running.network.inbox(PHONE)[0].origination in (OURS, POOLED)


def test_given_a_dry_run_when_sent_then_it_has_an_id_and_no_effect(running: RunningNetwork) -> None:
    assert running.send(DryRun=True)
    assert running.network.texts == ()


def test_given_a_pool_when_a_phone_knows_one_of_its_numbers_then_that_one_sends() -> None:
    pool = Pool(pool_id="pool-1", phone_number_ids=("phone-1", "phone-2"))
    with running_network(account(pools=(pool,))) as running:
        running.send(OriginationIdentity=POOLED)
        running.send(OriginationIdentity="pool-1")
        assert [text.origination for text in running.network.inbox(PHONE)] == [POOLED, POOLED]


VALIDATION = "ValidationException"
CONFLICT = "ConflictException"
NOT_FOUND = "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("changes", "code", "reason", "field"),
    [
        ({"DestinationPhoneNumber": None}, VALIDATION, "MISSING_PARAMETER", "DestinationPhoneNumber"),
        ({"MessageBody": None}, VALIDATION, "MISSING_PARAMETER", "MessageBody"),
        ({"MessageBody": ""}, VALIDATION, "FIELD_VALIDATION_FAILED", "MessageBody"),
        ({"MessageBody": " \n"}, VALIDATION, "FIELD_VALIDATION_FAILED", "MessageBody"),
        ({"MessageBody": "a" * 1601}, VALIDATION, "FIELD_VALIDATION_FAILED", "MessageBody"),
        ({"MessageBody": "a" * 1531}, VALIDATION, "MAXIMUM_SIZE_EXCEEDED", "MessageBody"),
        ({"MessageBody": "ж" * 631}, VALIDATION, "MAXIMUM_SIZE_EXCEEDED", "MessageBody"),
        (
            {"DestinationPhoneNumber": "555-0101"},
            VALIDATION,
            "FIELD_VALIDATION_FAILED",
            "DestinationPhoneNumber",
        ),
        ({"DestinationPhoneNumber": "+155"}, VALIDATION, "INVALID_PARAMETER", "DestinationPhoneNumber"),
        ({"MessageType": "URGENT"}, VALIDATION, "FIELD_VALIDATION_FAILED", "MessageType"),
        ({"TimeToLive": 4}, VALIDATION, "FIELD_VALIDATION_FAILED", "TimeToLive"),
        ({"TimeToLive": 259_201}, VALIDATION, "FIELD_VALIDATION_FAILED", "TimeToLive"),
        ({"Context": {str(n): "x" for n in range(6)}}, VALIDATION, "FIELD_VALIDATION_FAILED", "Context"),
        ({"Context": {"k": " x"}}, VALIDATION, "FIELD_VALIDATION_FAILED", "Context.k"),
        ({"MaxPrice": "0.015", "MessageBody": "a" * 161}, VALIDATION, "PRICE_OVER_THRESHOLD", "MaxPrice"),
        ({"MessageType": "PROMOTIONAL"}, CONFLICT, "MESSAGE_TYPE_MISMATCH", None),
        ({"OriginationIdentity": "pool-empty"}, CONFLICT, "NO_ORIGINATION_IDENTITIES_FOUND", None),
        ({"OriginationIdentity": "+12065550999"}, NOT_FOUND, None, None),
        ({"OriginationIdentity": "pool-9"}, NOT_FOUND, None, None),
        ({"ConfigurationSetName": "none"}, NOT_FOUND, None, None),
        ({"ProtectConfigurationId": "protect-1"}, NOT_FOUND, None, None),
        ({"MessageBody": 5}, "SerializationException", None, None),
        ({"DryRun": "yes"}, "SerializationException", None, None),
    ],
)
def test_given_a_request_aws_refuses_when_sent_then_boto3_raises_what_aws_documents(
    changes: dict[str, Any], code: str, reason: str | None, field: str | None
) -> None:
    owned = account(pools=(Pool(pool_id="pool-empty", phone_number_ids=()),), price_per_part=Decimal("0.01"))
    with running_network(owned) as running:
        expected: type[ClientError] = getattr(running.sms.exceptions, code, ClientError)
        with pytest.raises(expected) as raised:
            running.send(**changes)

        response: dict[str, Any] = raised.value.response  # type: ignore[assignment]
        assert response["Error"]["Code"] == code
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert response.get("Reason") == reason
        assert {f["Name"] for f in response.get("Fields", [])} == ({field} if field else set())
        assert running.network.texts == ()


@pytest.mark.parametrize("body", ["a" * 1530, "ж" * 630])
def test_given_the_largest_body_when_sent_then_it_arrives(running: RunningNetwork, body: str) -> None:
    running.send(body)
    assert running.network.inbox(PHONE)[0].parts == 10


def test_given_an_opted_out_phone_when_texted_then_conflict_and_nothing_sent(running: RunningNetwork) -> None:
    running.network.opt_out(PHONE)
    with pytest.raises(running.sms.exceptions.ConflictException) as raised:
        running.send()
    assert raised.value.response["Reason"] == "DESTINATION_PHONE_NUMBER_OPTED_OUT"  # type: ignore[typeddict-item]
    assert running.network.texts == ()


def test_given_the_sandbox_when_a_phone_is_not_verified_then_conflict() -> None:
    with running_network(account(sandbox=True, verified_numbers=frozenset({PHONE}))) as running:
        running.send()
        with pytest.raises(running.sms.exceptions.ConflictException) as raised:
            running.send(DestinationPhoneNumber="+14255550102")
        assert raised.value.response["Reason"] == "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"  # type: ignore[typeddict-item]
        assert len(running.network.texts) == 1


def test_given_a_spend_limit_when_its_parts_are_used_up_then_quota_exceeded() -> None:
    with running_network(account(monthly_spend_limit_parts=3)) as running:
        running.send("a" * 161)
        with pytest.raises(running.sms.exceptions.ServiceQuotaExceededException) as raised:
            running.send("a" * 161)
        assert raised.value.response["Reason"] == "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"  # type: ignore[typeddict-item]
        running.send("a")
        assert len(running.network.texts) == 2


def test_given_limits_that_change_when_texting_then_each_applies_from_then_on(
    running: RunningNetwork,
) -> None:
    conflict, limits = running.sms.exceptions.ConflictException, running.network.limits
    running.send()

    limits.sandbox, limits.verified_numbers = True, {"+14255550102"}
    with pytest.raises(conflict, match="not verified"):
        running.send()
    running.send(DestinationPhoneNumber="+14255550102")
    limits.sandbox = False

    limits.blocked_countries = {"GB"}
    with pytest.raises(conflict) as raised:
        running.send(DestinationPhoneNumber="+447700900123")
    reason = raised.value.response["Reason"]  # type: ignore[typeddict-item]
    assert reason == "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"
    running.send()
    limits.blocked_countries = ()
    running.send(DestinationPhoneNumber="+447700900123")

    limits.spend_limit_parts = running.network.parts_sent + 1
    running.send()
    with pytest.raises(running.sms.exceptions.ServiceQuotaExceededException):
        running.send()
    limits.spend_limit_parts = None
    running.send()


@pytest.mark.parametrize(
    "context",
    [
        {str(number): "x" for number in range(6)},
        {"campaign id": "x"},
        {"": "x"},
        {"c" * 101: "x"},
        {"campaign": ""},
        {"campaign": " x"},
        {"campaign": "x" * 801},
    ],
)
def test_given_an_invalid_context_when_texting_then_validation_exception(
    running: RunningNetwork, context: dict[str, str]
) -> None:
    with pytest.raises(running.sms.exceptions.ValidationException) as raised:
        running.send(ConfigurationSetName="events", Context=context)
    assert raised.value.response["Fields"][0]["Name"].startswith("Context")  # type: ignore[typeddict-item]
    assert running.network.texts == ()


def test_given_texts_of_several_parts_when_sent_then_the_rate_counts_parts() -> None:
    slow = PhoneNumber(number=OURS, phone_number_id="phone-1", messages_per_second=3)
    with running_network(account(phone_numbers=(slow,), pools=())) as running:
        running.send("a" * 161)
        running.send("a")
        with pytest.raises(running.sms.exceptions.ThrottlingException):
            running.send("a" * 161)
        running.send("a")
        with pytest.raises(running.sms.exceptions.ThrottlingException):
            running.send("a")


def test_given_one_part_per_second_when_a_long_text_is_the_only_one_then_it_is_sent() -> None:
    slow = PhoneNumber(number=OURS, phone_number_id="phone-1", messages_per_second=1)
    with running_network(account(phone_numbers=(slow,), pools=())) as running:
        running.send("a" * 400)
        assert [text.parts for text in running.network.texts] == [3]


def test_given_one_message_per_second_when_more_than_two_come_then_throttled() -> None:
    slow = PhoneNumber(number=OURS, phone_number_id="phone-1", messages_per_second=1)
    with running_network(account(phone_numbers=(slow,), pools=())) as running:
        running.send("first")
        running.send("a second ahead")
        with pytest.raises(running.sms.exceptions.ThrottlingException):
            running.send("more than a second ahead")
        assert [text.body for text in running.network.texts] == ["first", "a second ahead"]


def test_given_our_numbers_when_described_then_their_rates_are_returned(running: RunningNetwork) -> None:
    found = running.sms.describe_phone_numbers(PhoneNumberIds=["phone-2"])["PhoneNumbers"]
    assert [(n["PhoneNumber"], n["MessagingLimits"]["RateLimits"], n["PoolId"]) for n in found] == [
        (POOLED, {"SMS": 100}, "pool-1")
    ]
    assert len(running.sms.describe_phone_numbers()["PhoneNumbers"]) == 2
    with pytest.raises(running.sms.exceptions.ResourceNotFoundException):
        running.sms.describe_phone_numbers(PhoneNumberIds=["phone-9"])
