"""Tests who may publish to topics, and which queues subscribe."""

import pytest

from tests.support.synthesis import (
    SynthesizedStack,
    event_source_mappings,
    joined,
    policy_statements,
    source_queue,
)


@pytest.mark.parametrize("output", ["InboundTopicArn", "DeliveryEventsTopicArn"])
def test_given_an_sms_topic_when_published_to_then_only_the_sms_service_may(
    dev: SynthesizedStack, output: str
) -> None:
    (configuration_set,) = dev.of_type("AWS::SMSVOICE::ConfigurationSet").values()
    tracked = f"configuration-set/{configuration_set['Properties']['ConfigurationSetName']}"
    ours = {"InboundTopicArn": "*", "DeliveryEventsTopicArn": tracked}[output]
    name = dev.json["Outputs"][output]["Value"]["Ref"]
    statements = policy_statements(dev, "AWS::SNS::TopicPolicy", "Topics", name)
    (allowed,) = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "sms-voice.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = joined(allowed["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source == f"arn:AWS::Partition:sms-voice:AWS::Region:AWS::AccountId:{ours}"


@pytest.mark.parametrize("deployment", ["dev", "dev_with_connect", "prod", "pinpoint"])
def test_given_any_topic_or_queue_when_called_without_tls_then_it_refuses(
    deployment: str, request: pytest.FixtureRequest
) -> None:
    stack: SynthesizedStack = request.getfixturevalue(deployment)
    kinds = [
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
    ]
    for resource_type, policy_type, target in kinds:
        assert stack.of_type(resource_type)
        for name in stack.of_type(resource_type):
            denied = [
                statement["Condition"]
                for statement in policy_statements(stack, policy_type, target, name)
                if statement["Effect"] == "Deny"
            ]
            assert denied == [{"Bool": {"aws:SecureTransport": "false"}}], name


@pytest.mark.parametrize(
    ("output", "function"),
    [("InboundTopicArn", "process_inbound_sms"), ("DeliveryEventsTopicArn", "record_delivery_event")],
)
def test_given_a_topic_when_published_to_then_the_queue_or_its_dlq_has_the_envelope(
    dev: SynthesizedStack, output: str, function: str
) -> None:
    (subscription,) = [
        found["Properties"]
        for found in dev.of_type("AWS::SNS::Subscription").values()
        if found["Properties"]["TopicArn"] == dev.json["Outputs"][output]["Value"]
    ]
    assert subscription["Protocol"] == "sqs"
    assert "RawMessageDelivery" not in subscription
    assert subscription["Endpoint"] == event_source_mappings(dev)[function]["EventSourceArn"]
    dead_letters = source_queue(dev, function)["RedrivePolicy"]["deadLetterTargetArn"]
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": dead_letters}
