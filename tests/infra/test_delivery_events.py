"""Tests the configuration set and the events that it publishes."""

import json
import re
from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from lab.lab_system import CONFIGURATION_SET
from shift_sms.delivery_events import EVENT_TYPES
from shift_sms_runtime.delivery_events import delivery_event
from tests.support.constructs import add_delivery_events
from tests.support.synthesis import SynthesizedStack, new_app, synthesize_bare


def test_given_a_bare_stack_when_delivery_events_are_added_then_sends_are_tracked() -> None:
    def build(stack: cdk.Stack) -> None:
        events = add_delivery_events(stack)
        events.grant_send_tracked(iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal()))

    found = synthesize_bare(build)
    assert set(found.functions()) == {"record_delivery_event"}
    ((name, _),) = found.of_type("AWS::SMSVOICE::ConfigurationSet").items()
    allowed = [
        statement["Resource"]
        for policy in found.of_type("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "sms-voice:SendTextMessage"
    ]
    assert allowed == [{"Fn::GetAtt": [name, "Arn"]}]


def known_name(_: cdk.Stack) -> str:
    return "their-set"


def name_known_at_deployment(stack: cdk.Stack) -> str:
    return cdk.CfnParameter(stack, "TheirSet").value_as_string


@pytest.mark.parametrize(
    ("name", "spelt"), [(known_name, "their-set"), (name_known_at_deployment, "{TheirSet}")]
)
def test_given_an_own_configuration_set_when_events_are_added_then_it_may_publish(
    name: Callable[[cdk.Stack], str], spelt: str
) -> None:
    def build(stack: cdk.Stack) -> None:
        events = add_delivery_events(stack, configuration_set_name=name(stack))
        cdk.CfnOutput(stack, "Name", value=events.configuration_set_name)
        cdk.CfnOutput(stack, "Arn", value=events.configuration_set_arn)

    found = synthesize_bare(build)
    assert not found.of_type("AWS::SMSVOICE::ConfigurationSet")
    outputs = {output: found.json["Outputs"][output]["Value"] for output in ("Name", "Arn")}
    assert outputs["Name"] == ("their-set" if spelt == "their-set" else {"Ref": "TheirSet"})
    assert json.dumps(outputs["Arn"]) in json.dumps(found.of_type("AWS::SNS::TopicPolicy"))
    parts = outputs["Arn"]["Fn::Join"][1]
    arn = "".join(part if isinstance(part, str) else f"{{{part['Ref']}}}" for part in parts)
    assert arn == (
        f"arn:{{AWS::Partition}}:sms-voice:{{AWS::Region}}:{{AWS::AccountId}}:configuration-set/{spelt}"
    )


def test_given_stacks_of_one_account_when_events_are_added_then_set_names_differ() -> None:
    def of_stack(name: str) -> str:
        stack = cdk.Stack(new_app(), "Theirs", stack_name=name)
        add_delivery_events(stack)
        (configuration_set,) = SynthesizedStack(stack).of_type("AWS::SMSVOICE::ConfigurationSet").values()
        return str(configuration_set["Properties"]["ConfigurationSetName"])

    names = [of_stack(name) for name in ("One", "Two", "L" * 128, "L" * 127)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in names)


def test_given_texts_when_sent_then_events_are_published(dev: SynthesizedStack) -> None:
    ((name, configuration_set),) = dev.of_type("AWS::SMSVOICE::ConfigurationSet").items()
    (destination,) = configuration_set["Properties"]["EventDestinations"]
    assert destination["Enabled"] is True
    assert destination["SnsDestination"] == {
        "TopicArn": dev.json["Outputs"]["DeliveryEventsTopicArn"]["Value"]
    }
    assert destination["MatchingEventTypes"] == list(EVENT_TYPES)
    configured_name = dev.functions()["send_campaign"]["Environment"]["Variables"]["CONFIGURATION_SET_NAME"]
    assert configured_name == {"Ref": name}


@pytest.mark.parametrize(
    "event_type",
    [
        "TEXT_DELIVERED",
        "TEXT_SUCCESSFUL",
        "TEXT_INVALID",
        "TEXT_CARRIER_UNREACHABLE",
        "TEXT_CARRIER_BLOCKED",
        "TEXT_SPAM",
        "TEXT_TTL_EXPIRED",
        "TEXT_PROTECT_BLOCKED",
        "TEXT_UNKNOWN",
    ],
)
def test_given_a_final_event_type_when_published_then_the_topic_receives_it(event_type: str) -> None:
    assert event_type in EVENT_TYPES


def test_given_readable_event_types_when_subscribed_then_pending_ones_are_left_out() -> None:
    assert set(delivery_event._STATUSES) - set(EVENT_TYPES) == {"TEXT_PENDING", "TEXT_QUEUED", "TEXT_SENT"}
    assert set(EVENT_TYPES) <= set(delivery_event._STATUSES)


def test_given_the_lab_when_it_publishes_events_then_their_types_are_those_of_aws() -> None:
    """The lab has its own list, because importing that of the product would start the Node process of the CDK."""
    assert CONFIGURATION_SET.matching_event_types == frozenset(EVENT_TYPES)


def test_given_a_configuration_set_when_made_then_it_depends_on_the_topic_policy(
    dev: SynthesizedStack,
) -> None:
    (configuration_set,) = dev.of_type("AWS::SMSVOICE::ConfigurationSet").values()
    topic = dev.json["Outputs"]["DeliveryEventsTopicArn"]["Value"]
    policies = [
        name
        for name, policy in dev.of_type("AWS::SNS::TopicPolicy").items()
        if topic in policy["Properties"]["Topics"]
    ]
    assert set(policies) <= set(configuration_set["DependsOn"])
