"""Tests the inbound SMS processor."""

import json
from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from tests.support.constructs import KEY_ARN, add_processor, key_permissions
from tests.support.synthesis import event_source_mappings, synthesize_bare


def test_given_an_encrypted_queue_when_sent_to_then_its_key_may_be_used() -> None:
    def build(stack: cdk.Stack) -> None:
        key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
        add_processor(stack, callback_queue=sqs.Queue(stack, "Desk", encryption_master_key=key))

    assert key_permissions(synthesize_bare(build), "process_inbound_sms") == {
        ("kms:Decrypt", json.dumps(KEY_ARN)),
        ("kms:GenerateDataKey", json.dumps(KEY_ARN)),
    }


def test_given_an_own_queue_when_a_processor_is_added_then_callbacks_go_there() -> None:
    found = synthesize_bare(lambda stack: add_processor(stack, callback_queue=sqs.Queue(stack, "Desk")))
    environment_variables = found.functions()["process_inbound_sms"]["Environment"]["Variables"]
    assert environment_variables["CALLBACK_QUEUE_URL"]["Ref"].startswith("Desk")


def test_given_a_limit_known_only_when_deployed_when_made_then_it_is_passed_on() -> None:
    def build(stack: cdk.Stack) -> None:
        most = cdk.CfnParameter(stack, "Most", type="Number").value_as_number
        add_processor(stack, texts_per_hour=most)

    environment_variables = synthesize_bare(build).functions()["process_inbound_sms"]["Environment"][
        "Variables"
    ]
    assert environment_variables["TEXTS_PER_HOUR"] == {"Ref": "Most"}


def approved(numbers: Callable[[cdk.Stack], object]) -> object:
    found = synthesize_bare(lambda stack: add_processor(stack, approved_numbers=numbers(stack)))
    return found.functions()["process_inbound_sms"]["Environment"]["Variables"]["APPROVED_NUMBERS"]


def test_given_approved_numbers_in_any_spelling_when_made_then_passed_as_e164() -> None:
    spelt = ("+1 (425) 555-0101", "+44 20 7946 0000", "+14255550101")
    assert approved(lambda _: spelt) == "+14255550101,+442079460000"


def test_given_approved_numbers_known_at_deployment_when_made_then_passed_on() -> None:
    def one(stack: cdk.Stack) -> list[str]:
        return ["+1 425 555 0101", cdk.CfnParameter(stack, "Number").value_as_string]

    def several(stack: cdk.Stack) -> list[str]:
        return cdk.CfnParameter(stack, "Numbers", type="CommaDelimitedList").value_as_list

    assert approved(one) == {"Fn::Join": ["", ["+14255550101,", {"Ref": "Number"}]]}
    assert approved(several) == {"Fn::Join": [",", {"Ref": "Numbers"}]}


@pytest.mark.parametrize(("texts", "executions"), [(1, 2), (10, 2), (11, 3), (100, 20), (1000, 200)])
def test_given_a_rate_of_texts_when_made_then_the_concurrency_follows(texts: int, executions: int) -> None:
    found = synthesize_bare(lambda stack: add_processor(stack, inbound_texts_per_second=texts))
    source = event_source_mappings(found)["process_inbound_sms"]
    assert (source["BatchSize"], source["ScalingConfig"]) == (10, {"MaximumConcurrency": executions})


def test_given_snap_start_when_made_then_the_queue_invokes_a_version() -> None:
    found = synthesize_bare(lambda stack: add_processor(stack, snap_start=True))
    ((version_id, version),) = found.of_type("AWS::Lambda::Version").items()
    ((alias_id, alias),) = found.of_type("AWS::Lambda::Alias").items()
    (source,) = [
        mapping["Properties"]
        for mapping in found.of_type("AWS::Lambda::EventSourceMapping").values()
        if alias_id in json.dumps(mapping["Properties"]["FunctionName"])
    ]
    assert json.dumps(source["FunctionName"]).endswith('":live"]]}')
    assert source["ScalingConfig"] == {"MaximumConcurrency": 20}
    assert alias["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [version_id, "Version"]}
    function = found.functions()["process_inbound_sms"]
    assert function["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert alias["Properties"]["FunctionName"] == version["Properties"]["FunctionName"]


def test_given_no_snap_start_when_made_then_no_version_is_published() -> None:
    found = synthesize_bare(add_processor)
    assert not found.of_type("AWS::Lambda::Version")
    assert "SnapStart" not in found.functions()["process_inbound_sms"]
